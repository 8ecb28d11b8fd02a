# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who runs the playbook, and whether a process of this machine lives.

Private to this collection; controller only.
"""

from __future__ import annotations

import contextlib
import datetime
import multiprocessing
import os
import pwd
import socket
from collections.abc import Mapping
from typing import Any

BOOT_ID = "/proc/sys/kernel/random/boot_id"
MACHINE_IDS = ("/etc/machine-id", "/var/lib/dbus/machine-id")
PID_NS = "/proc/self/ns/pid"
# Fields 3 and 22 of proc_pid_stat(5), counted after the name in parentheses, which may hold blanks.
STATE, STARTED = 0, 19
ENDED = ("Z", "X")


class OrphanError(Exception):
    """The run that this process belongs to was killed."""


def describe_run(task_vars: Mapping[str, Any], cli: Mapping[str, Any]) -> dict[str, Any]:
    """Return who runs the playbook, and where.

    :param task_vars: variables of the task; those that AWX passes say more than the environment.
    :param cli: arguments of the command (``ansible.context.CLIARGS``); only names of playbooks, tags and limits are
        used, because extra variables may be secret.
    :returns: controller, machine_id, boot_id, pid_ns, pid, started, user, awx_job, command, since. What the controller
        does not tell, as on macOS, is None.
    :raises OrphanError: ansible-playbook was killed meanwhile.
    """
    pid = playbook_pid()
    seen = _process(pid)
    if seen is None and os.path.exists(PID_NS):
        raise OrphanError(f"ansible-playbook (process {pid}) has ended; nothing is done on its behalf")
    return {
        "controller": socket.gethostname(),
        "machine_id": next((text for text in map(_text, MACHINE_IDS) if text), None),
        "boot_id": _text(BOOT_ID),
        "pid_ns": os.stat(PID_NS).st_ino if os.path.exists(PID_NS) else None,
        "pid": pid,
        "started": seen[1] if seen else None,
        "user": _user(task_vars),
        "awx_job": _awx_job(task_vars),
        "command": _command(cli),
        "since": now(),
    }


def now() -> str:
    """Return the time in UTC, such as ``2026-11-23T17:34:02Z``."""
    return datetime.datetime.now(tz=datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def playbook_pid() -> int:
    """Return the process id of ansible-playbook.

    Tasks run in workers that it forks. The parent that the worker was born with is asked, not the present one: that is
    process 1 when ansible-playbook was killed.
    """
    parent = multiprocessing.parent_process()
    return parent.pid if parent and parent.pid else os.getpid()


def process_lives(pid: int, started: int) -> bool:
    """Return whether process *pid* is there and started at *started*, in clock ticks since the boot.

    A zombie has ended; its parent only did not ask yet. Where ``/proc`` hides the processes of others, one that is
    there counts as the one that is meant.
    """
    for _look in range(2):  # it may end between the two questions
        seen = _process(pid)
        if seen is not None:
            state, since = seen
            return state not in ENDED and since == started
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
    return True


def _process(pid: int) -> tuple[str, int] | None:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    return fields[STATE], int(fields[STARTED])


def _text(path: str) -> str | None:
    with contextlib.suppress(OSError), open(path, encoding="utf-8") as file:
        return file.read().strip() or None
    return None


def _user(task_vars: Mapping[str, Any]) -> str:
    for name in ("awx_user_name", "tower_user_name"):
        if task_vars.get(name):
            return str(task_vars[name])
    if os.environ.get("SUDO_USER"):
        return os.environ["SUDO_USER"]
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without an entry
        return f"uid {os.getuid()}"


def _awx_job(task_vars: Mapping[str, Any]) -> str:
    for name in ("awx_job_id", "tower_job_id"):
        if task_vars.get(name):
            return str(task_vars[name])
    return os.environ.get("JOB_ID", "")


def _command(cli: Mapping[str, Any]) -> str:
    playbooks = cli.get("args") or ()
    words = [playbooks] if isinstance(playbooks, str) else [str(name) for name in playbooks]
    if cli.get("subset"):
        words += ["--limit", str(cli["subset"])]
    for option, name in (("--tags", "tags"), ("--skip-tags", "skip_tags")):
        chosen = [str(tag) for tag in cli.get(name) or () if tag != "all"]
        if chosen:
            words += [option, ",".join(chosen)]
    return " ".join(words)
