#!/bin/sh
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Install the packages named as arguments. The apt module is not used: it needs python3-apt, which a bare machine
# lacks, and it gives up when any repository, a foreign one too, cannot be refreshed.
set -eu

install() {
  DEBIAN_FRONTEND=noninteractive apt-get --quiet -o DPkg::Lock::Timeout=300 \
    install --yes --no-install-recommends "$@" </dev/null
}

# Fresh lists first only where they are needed: none there yet, or a file that the mirror no longer has.
if install "$@"; then
  exit 0
fi
# A repository that cannot be refreshed is a warning here; whether the packages can be had, the next line decides.
apt-get --quiet -o DPkg::Lock::Timeout=300 update || echo 'apt-get update failed for some repositories' >&2
install "$@"
