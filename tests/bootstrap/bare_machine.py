# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Debian with git, make and python3 only, to run the bootstrap in. Needs root or sudo, and mmdebstrap."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARBALLS = ROOT / ".cache" / "chroot"
PROGRAMS = ("git", "make", "python3")
# How the machine reaches the outside is the machine's matter; everything else of the environment stays out.
PASSED_ON = ("http_proxy", "https_proxy", "no_proxy", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")


def as_root(*command: str) -> list[str]:
    return list(command) if os.geteuid() == 0 else ["sudo", "--non-interactive", *command]


def tarball(suite: str) -> Path:
    """The archive of a fresh Debian ``suite``, made once (about 15 s) and kept below .cache."""
    kept = TARBALLS / f"{suite}.tar"
    if not kept.exists():
        TARBALLS.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(".partial.tar")
        include = f"--include={','.join(PROGRAMS)}"
        command = as_root("mmdebstrap", "--variant=apt", include, "--format=tar", suite, str(partial))
        done = subprocess.run(command, text=True, capture_output=True, check=False)
        assert done.returncode == 0, f"mmdebstrap could not make {suite}:\n{done.stderr[-2000:]}"
        partial.rename(kept)
    return kept


@dataclass(frozen=True)
class Machine:
    """An unpacked chroot; each command runs with mounts of its own, which vanish with it."""

    root: Path

    @classmethod
    def unpack(cls, suite: str, root: Path) -> Machine:
        root.mkdir()
        subprocess.run(as_root("tar", "-C", str(root), "-xf", str(tarball(suite))), check=True)
        machine = cls(root)
        machine.put(Path("/etc/resolv.conf"))
        # Authorities that this machine's owner added; ca-certificates takes them up when it is installed.
        for certificate in sorted(Path("/usr/local/share/ca-certificates").rglob("*.crt")):
            machine.put(certificate)
        return machine

    def put(self, source: Path, target: str | None = None) -> None:
        """Copy a file of the machine outside to the same place inside, or to ``target``."""
        place = self.root / (target or str(source)).lstrip("/")
        subprocess.run(as_root("install", "-D", "--mode=0644", str(source.resolve()), str(place)), check=True)

    def put_tree(self, files: list[str], target: str) -> None:
        """Copy ``files`` of the checkout, and nothing that git ignores, to the folder ``target`` inside."""
        place = self.root / target.lstrip("/")
        subprocess.run(as_root("mkdir", "-p", str(place)), check=True)
        pack = subprocess.run(
            ["tar", "-C", str(ROOT), "--null", "-T", "-", "-cf", "-"],
            input="\0".join(files).encode(),
            check=True,
            capture_output=True,
        )
        subprocess.run(as_root("tar", "-C", str(place), "--no-same-owner", "-xf", "-"), input=pack.stdout, check=True)

    def run(self, command: str, *, network: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a shell ``command`` inside; without ``network`` it has only a loopback that is down."""
        passed = {name: os.environ[name] for name in PASSED_ON if os.environ.get(name)}
        base = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
        words = [f"{name}={value}" for name, value in {**base, **passed, **environment}.items()]
        inside = shlex.join(["chroot", str(self.root), "env", "-i", *words, "sh", "-c", command])
        enter = f"mount -t proc proc {shlex.quote(str(self.root))}/proc && exec {inside}"
        unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child", *([] if network else ["--net"])]
        return subprocess.run(
            as_root(*unshare, "sh", "-c", enter),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def remove(self) -> None:
        if os.geteuid() == 0:
            shutil.rmtree(self.root)
        else:
            subprocess.run(as_root("rm", "-rf", "--one-file-system", str(self.root)), check=True)
