#!/bin/sh
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# All that the role wants to know about a machine, as one JSON object. Changes nothing. Arguments: wanted packages.
set -u

word() { printf '"%s": "%s", ' "$1" "$2"; }
list() {
  printf '"%s": [' "$1"
  shift
  separator=''
  for item in "$@"; do
    printf '%s"%s"' "$separator" "$item"
    separator=', '
  done
  printf ']'
}

# A CLI without an engine answers with an error and no version: the engine is what counts.
engine=$(docker version --format '{{.Server.Version}}' 2>/dev/null) || engine=''
compose=$(docker compose version --short 2>/dev/null) || compose=''
dockerd=$(command -v dockerd || echo '')

init=none
if [ -d /run/systemd/system ]; then
  init=systemd
elif [ -d /run/openrc ]; then
  init=openrc
elif [ -p /run/initctl ]; then
  init=sysvinit
fi

cgroups=none
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  cgroups=v2
elif grep -q '^[^ ]* /sys/fs/cgroup' /proc/mounts; then
  cgroups=v1
fi

apparmor=N
if [ -r /sys/module/apparmor/parameters/enabled ]; then
  read -r apparmor </sys/module/apparmor/parameters/enabled
fi

os_id=unknown
os_version=0
os_codename=''
if [ -r /etc/os-release ]; then
  # shellcheck source=/dev/null
  os_id=$(. /etc/os-release && echo "${ID:-unknown}")
  # shellcheck source=/dev/null
  os_version=$(. /etc/os-release && echo "${VERSION_ID:-0}")
  # shellcheck source=/dev/null
  os_codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
fi

missing=''
for package in "$@"; do
  case $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) in
    installed) ;;
    *) missing="$missing $package" ;;
  esac
done

printf '{'
word engine "$engine"
word compose "${compose#v}"
word dockerd "$dockerd"
word init "$init"
word cgroups "$cgroups"
word apparmor "$apparmor"
word os_id "$os_id"
word os_version "$os_version"
word os_codename "$os_codename"
word architecture "$(dpkg --print-architecture 2>/dev/null)"
word machine "$(uname -m)"
# shellcheck disable=SC2086 # names of packages hold no blanks
list missing_packages $missing
printf '}\n'
