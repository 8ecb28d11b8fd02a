#!/bin/sh
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Where no init system mounts the control groups: mount every version 1 controller that the kernel offers. All of them:
# with only those that cgroupfs-mount (gone since Debian 13) takes, Docker sees no memory, `docker stats` shows 0 B and
# OOMKilled is always false. A kernel that offers none gets version 2. Prints how many it mounted, or nothing.
set -eu

root=/sys/fs/cgroup

mounted() { awk -v root="$root" '$3 ~ /^cgroup2?$/ && index($2, root) == 1' /proc/mounts; }

if [ -e "$root/cgroup.controllers" ]; then
  exit 0
fi
before=$(mounted | wc -l)
if ! mountpoint -q "$root"; then
  mount -t tmpfs -o uid=0,gid=0,mode=0755 cgroup "$root"
fi
awk '!/^#/ && $4 == 1 { print $1 }' /proc/cgroups | while read -r controller; do
  if ! mounted | awk -v wanted="$controller" '("," $4 ",") ~ ("," wanted ",") { found = 1 } END { exit !found }'; then
    mkdir -p "$root/$controller"
    if ! mount -t cgroup -o "$controller" cgroup "$root/$controller"; then
      rmdir "$root/$controller"
      echo "the kernel does not give the control group $controller" >&2
    fi
  fi
done
if [ "$(mounted | wc -l)" -eq 0 ]; then
  umount "$root"
  mount -t cgroup2 cgroup2 "$root"
fi
count=$(($(mounted | wc -l) - before))
if [ "$count" -ne 0 ]; then
  echo "mounted: $count"
fi
