# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine for the role host: a container with apt, own package repositories, and stand-ins of Docker's programs.

The client is a script that answers for an engine; the packages hold scripts that answer as Compose. What is tested is
where the plugin comes from, whom apt trusts, and what is said when it cannot be had.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import Any

from server_images import docker, image_of

ROOT = pathlib.Path(__file__).resolve().parents[3]
CLIENT = """\
#!/bin/sh
[ "$1" = version ] && echo 27.0.0 && exit 0
for folder in /usr/local/lib/docker/cli-plugins /usr/libexec/docker/cli-plugins; do
  [ -x "$folder/docker-compose" ] && exec "$folder/docker-compose" "$@"
done
exit 1
"""
# package, version: what stands in for Docker's own package, and for the distribution's.
BUILD = """\
set -eu
make() {
  mkdir -p "/tmp/$1/DEBIAN" "/tmp/$1/usr/libexec/docker/cli-plugins"
  printf '#!/bin/sh\\necho %s\\n' "$2" >"/tmp/$1/usr/libexec/docker/cli-plugins/docker-compose"
  chmod 0755 "/tmp/$1/usr/libexec/docker/cli-plugins/docker-compose"
  printf 'Package: %s\\nVersion: %s\\nArchitecture: all\\nMaintainer: none <none@invalid>\\nDescription: stand-in\\n' \\
    "$1" "$2" >"/tmp/$1/DEBIAN/control"
  mkdir -p "$3"
  dpkg-deb --build "/tmp/$1" "$3/$1.deb" >/dev/null
}
# Describe the packages of folder $1, whose names are to begin with $2.
index() {
  for file in "$1"/*.deb; do
    dpkg-deb --field "$file"
    printf 'Filename: %s%s\\nSize: %s\\nSHA256: %s\\n\\n' "$2" "${file##*/}" "$(stat -c %s "$file")" \\
      "$(sha256sum "$file" | cut -d ' ' -f 1)"
  done
}
make docker-compose 2.26.1-4 /distribution
index /distribution ./ >/distribution/Packages
make docker-compose-plugin 9.9.9-1 /docker/debian/pool
lists="stable/binary-$(dpkg --print-architecture)"
mkdir -p "/docker/debian/dists/bookworm/$lists"
cd /docker/debian/dists/bookworm
index /docker/debian/pool pool/ >"$lists/Packages"
{
  printf 'Suite: bookworm\\nCodename: bookworm\\nComponents: stable\\nArchitectures: %s\\nDate: %s\\nSHA256:\\n' \\
    "$(dpkg --print-architecture)" "$(date -Ru)"
  sum=$(sha256sum "$lists/Packages" | cut -d ' ' -f 1)
  printf ' %s %s %s\\n' "$sum" "$(stat -c %s "$lists/Packages")" "$lists/Packages"
} >Release
gpg --batch --quiet --passphrase '' --quick-generate-key 'Stand-in <none@invalid>' rsa3072 sign never 2>/dev/null
gpg --batch --quiet --clearsign --output InRelease Release
gpg --armor --export >/docker/debian/gpg
gpg --with-colons --list-keys | awk -F: '$1 == "fpr" { print $10; exit }' >/docker/fingerprint
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/*
printf 'ID=debian\\nVERSION_ID="12"\\nVERSION_CODENAME=bookworm\\n' >/etc/os-release
"""


@dataclass(frozen=True)
class Machine:
    """A container that runs until it is removed."""

    name: str

    def run(self, *arguments: str, **variables: Any) -> tuple[int, str]:
        """Run playbooks/host.yml on it; return exit code and output."""
        inventory = {
            "sahool": {
                "hosts": {
                    self.name: {
                        "ansible_connection": "community.docker.docker",
                        "ansible_user": "root",
                        "ansible_python_interpreter": "/usr/bin/python3",
                        "host_python_packages": [],
                        "host_docker_repository": "file:///docker",
                        "host_docker_key": self.sh("cat /docker/fingerprint"),
                        **variables,
                    }
                }
            }
        }
        with tempfile.TemporaryDirectory() as folder:
            hosts = pathlib.Path(folder, "hosts.yml")
            hosts.write_text(json.dumps(inventory))
            done = subprocess.run(
                [str(pathlib.Path(sys.executable).with_name("ansible-playbook")), str(ROOT / "playbooks" / "host.yml"),
                 "-i", str(hosts), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env={
                    **os.environ,
                    "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
                    "ANSIBLE_HOME": str(ROOT / ".ansible"),
                    "ANSIBLE_NOCOLOR": "1",
                },
                check=False,
            )  # fmt: skip
        return done.returncode, " ".join(done.stdout.split())

    def sh(self, script: str) -> str:
        """Run *script* in it and return its output."""
        return docker("exec", self.name, "sh", "-c", script).strip()

    def compose(self) -> str:
        """Return the version of Compose that its client finds; empty when there is none."""
        return self.sh("docker compose version --short || true")

    def trusted(self) -> str:
        """Return what apt was told: the names of its sources and keys."""
        return self.sh("cd /etc/apt && find sources.list.d keyrings -type f 2>/dev/null | sort | tr '\\n' ' '")


def machine_image() -> str:
    """Return the image of such a machine; Docker's layer cache makes all but the first call quick."""
    with tempfile.TemporaryDirectory() as folder:
        context = pathlib.Path(folder)
        (context / "docker").write_text(CLIENT)
        (context / "build.sh").write_text(BUILD)
        (context / "Dockerfile").write_text(
            f"FROM {image_of('redis')}\nUSER root\n"
            "RUN apt-get update && apt-get install --yes --no-install-recommends gpg gpg-agent python3\n"
            "COPY docker /usr/bin/docker\nCOPY build.sh /tmp/build.sh\n"
            'RUN chmod 0755 /usr/bin/docker && sh /tmp/build.sh\nENTRYPOINT []\nCMD ["sleep", "infinity"]\n'
        )
        docker("build", "--quiet", "--tag", "t-host/machine:1", folder)
    return "t-host/machine:1"
