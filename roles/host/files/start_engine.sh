#!/bin/sh
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Where no init system does it: start dockerd in a session of its own, so that it outlives this one.
# Arguments: the log file, then further arguments for dockerd. Whether it came up is for the caller to ask.
set -eu

log=$1
shift
# The installation of the package may have started it; a second dockerd would only fail on the first one's lock.
if docker version >/dev/null 2>&1; then
  exit 0
fi
# A machine that lost its engine without a shutdown has the files of the old one. When the number belongs to another
# process by now, dockerd does not start, or takes that process for its own containerd.
forget_stale() {
  [ -f "$2" ] || return 0
  pid=$(cat "$2")
  [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ] || rm -f "$2"
}
forget_stale dockerd /var/run/docker.pid
forget_stale containerd /var/run/docker/containerd/containerd.pid
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
setsid --fork dockerd "$@" </dev/null >>"$log" 2>&1
