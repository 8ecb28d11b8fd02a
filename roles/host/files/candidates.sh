#!/bin/sh
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Which version of each package named as argument the machine's own package sources would install: one line each, the
# package and its version, the version alone missing where there is none. Fetches the lists where a machine has none.
set -eu

LC_ALL=C
export LC_ALL

version() {
  apt-cache policy "$1" | awk '$1 == "Candidate:" && $2 != "(none)" { sub(/^[0-9]+:/, "", $2); print $2 }'
}

if [ -z "$(version base-files)" ] || ! apt-cache show "$1" >/dev/null 2>&1; then
  # A repository that cannot be refreshed is a warning here, as it is when packages are installed.
  apt-get --quiet -o DPkg::Lock::Timeout=300 update >&2 || echo 'apt-get update failed for some repositories' >&2
fi
for package in "$@"; do
  printf '%s %s\n' "$package" "$(version "$package")"
done
