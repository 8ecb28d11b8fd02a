# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Docker engine that a test may kill: a small machine of its own beside the machine's engine, which is left alone.

It lives in network, process and mount namespaces of its own. Killing the first process of a process namespace kills
all others in it at once, engine, shims and containers, and the mounts and the network go with them: a power cut, and
at the same time all that there is to clean up. Only the folder with the engine's data survives it, as a disk does.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator

from process_tree import children

START_SECONDS = 30
# Hides what this machine has below /run, as a boot empties it: sockets, shims and process numbers of another engine.
# The loop does what Restart=always does in docker.service; the shell also buries the orphaned processes.
MACHINE = """
set -eu
ip link set lo up
mkdir -p /run/containerd /run/docker
mount -t tmpfs tmpfs /run/containerd
mount -t tmpfs tmpfs /run/docker
while :; do
  dockerd "$@" || echo "dockerd exited $?"
  sleep 1
done
"""


class OwnEngine:
    """An engine in *folder*, which must not lie on an overlay file system."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.socket = folder / "docker.sock"
        self.log = folder / "dockerd.log"
        self.control_group = f"/t-own-engine-{os.getpid()}-{folder.name}"
        self._machine: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Return what makes the Docker client, and so the collection, use this engine."""
        return {"DOCKER_HOST": f"unix://{self.socket}"}

    @property
    def inside(self) -> list[str]:
        """Return the beginning of a command that runs on this machine's network, where the published ports are."""
        return ["nsenter", f"--net=/proc/{self._first()}/ns/net", "--"]

    def start(self) -> None:
        """Wait until the engine answers; a machine that is off is booted."""
        if self._machine is None:
            self._boot()
        end = time.monotonic() + START_SECONDS
        while subprocess.run(["docker", "version"], env=self._env(), capture_output=True, check=False).returncode:
            assert self._machine.poll() is None, f"the machine ended:\n{self._log_end()}"
            assert time.monotonic() < end, f"no engine in {START_SECONDS} s, its log ends:\n{self._log_end()}"
            time.sleep(0.05)

    def kill_daemon(self) -> None:
        """Kill dockerd alone: its containers go on without it, until the next dockerd has started."""
        before = self._daemon()
        os.kill(before, signal.SIGKILL)
        end = time.monotonic() + START_SECONDS
        while pathlib.Path(f"/proc/{before}").exists():
            assert time.monotonic() < end, f"dockerd ({before}) did not end"
            time.sleep(0.01)

    def cut_power(self) -> None:
        """End everything on the machine at once."""
        if self._machine is None:
            return
        if self._machine.poll() is None:
            os.kill(self._first(), signal.SIGKILL)
        self._machine.wait(timeout=START_SECONDS)
        self._machine = None

    def load(self, images: Iterable[str]) -> None:
        """Copy *images* from the machine's engine, with their names."""
        with subprocess.Popen(["docker", "save", *images], stdout=subprocess.PIPE) as save:
            subprocess.run(["docker", "load", "--quiet"], env=self._env(), stdin=save.stdout, check=True)
        assert save.returncode == 0, f"docker save exited {save.returncode}"

    def remove(self) -> None:
        """Leave nothing: no process, no mount, no control group, no data."""
        self.cut_power()
        for controller in pathlib.Path("/sys/fs/cgroup").rglob(self.control_group.lstrip("/")):
            for folder, _folders, _files in os.walk(controller, topdown=False):
                pathlib.Path(folder).rmdir()
        shutil.rmtree(self.folder)

    def _boot(self) -> None:
        (self.folder / "daemon.json").write_text("{}\n")
        self.socket.unlink(missing_ok=True)
        # The end of this process is the end of the machine, also when it is killed.
        command = ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child"]
        command += ["--mount-proc", "--propagation", "private", "sh", "-c", MACHINE, "machine"]
        command += ["--config-file", str(self.folder / "daemon.json"), "--data-root", str(self.folder / "data")]
        command += ["--exec-root", "/run/docker", "--pidfile", "/run/docker/docker.pid"]
        command += ["--host", f"unix://{self.socket}", "--cgroup-parent", self.control_group]
        command += ["--exec-opt", "native.cgroupdriver=cgroupfs", "--bip", "172.31.255.1/24"]
        with self.log.open("ab") as log:
            self._machine = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _first(self) -> int:
        """Return the number of the machine's first process."""
        assert self._machine, "the machine does not run"
        return children(self._machine.pid)[0].pid

    def _daemon(self) -> int:
        named = [process.pid for process in children(self._first()) if process.name == "dockerd"]
        assert len(named) == 1, f"expected one dockerd, found {named}:\n{self._log_end()}"
        return named[0]

    def _env(self) -> dict[str, str]:
        return {**os.environ, **self.environment}

    def _log_end(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])


@contextlib.contextmanager
def own_engine(folder: pathlib.Path) -> Iterator[OwnEngine]:
    """Boot an engine in *folder*, and remove all of it at the end."""
    engine = OwnEngine(folder)
    try:
        engine.start()
        yield engine
    finally:
        engine.remove()
