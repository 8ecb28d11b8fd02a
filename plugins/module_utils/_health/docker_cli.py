# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Docker client of the host, called with a fixed environment."""

from __future__ import annotations

import os
import pwd
import subprocess
import typing as t

from ansible.module_utils.common.process import get_bin_path

# run_command of AnsibleModule, or a double of it: (arguments, ...) -> (exit code, standard output, standard error)
RunCommand = t.Callable[..., tuple[int, str, str]]

_NO_ENGINE = ("cannot connect to the docker daemon", "is the docker daemon running")


class DockerError(Exception):
    """A call of the Docker client failed; the text names the call, the answer and the next step."""


class DockerMissing(DockerError):
    """There is no Docker client, or no engine behind it."""


class DockerCli:
    """Calls ``docker``.

    :param run_command: ``AnsibleModule.run_command``.
    :param client: name or absolute path of the client.
    """

    def __init__(self, run_command: RunCommand, client: str = "docker") -> None:
        self._run_command = run_command
        self._client = client
        self._path: str | None = None

    def run(self, *arguments: str, data: str | None = None) -> str:
        """Call the client and return its standard output.

        :raises DockerMissing: the client or the engine is not there.
        :raises DockerError: the call failed.
        """
        code, out, err = self.attempt(*arguments, data=data)
        if code != 0:
            raise self.failure(arguments, code, err)
        return out

    def attempt(self, *arguments: str, data: str | None = None) -> tuple[int, str, str]:
        """Call the client and return exit code, standard output and standard error.

        :raises DockerMissing: the client is not there, or cannot be run.
        """
        command = [self._find(), *arguments]
        if data is None:
            # Compose asks before it replaces a volume; with nobody to answer, it takes that for a no. A `data` of
            # "n" would do as well, were it not that a client which ends without reading it breaks the pipe.
            command = ["/bin/sh", "-c", 'exec "$@" </dev/null', "sh", *command]
        try:
            return self._run_command(
                command,
                data=data,
                binary_data=True,
                environ_update=_environment(),
                handle_exceptions=False,  # it would end the module, and from a thread not even that
            )
        except OSError as error:
            raise DockerMissing("%s cannot be run: %s" % (self._path, error.strerror)) from error

    def follow(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the client in the background, with pipes to its three streams.

        It ends when its standard input is closed, which it is by the kernel however this process ends: a module that
        is killed leaves nothing behind. What holds the pipe is a shell, for the client does not read it.

        :raises DockerMissing: the client is not there, or cannot be run.
        """
        script = '"$@" </dev/null & exec >&- 2>&-; read -r closed; kill $!'
        try:
            return subprocess.Popen(  # run_command waits for what it runs
                ["/bin/sh", "-c", script, "sh", self._find(), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, **_environment()},
            )
        except OSError as error:
            raise DockerMissing("%s cannot be run: %s" % (self._path, error.strerror)) from error

    def failure(self, arguments: t.Sequence[str], code: int, err: str) -> DockerError:
        """The error for a failed call."""
        said = " ".join(err.split())[-600:] or "nothing"
        text = "`docker %s` failed with exit code %d: %s" % (" ".join(arguments)[:200], code, said)
        if lacks_engine(err):
            return DockerMissing(text + ". Start the engine (systemctl start docker) and run this again.")
        return DockerError(text)

    def _find(self) -> str:
        if self._path is None:
            try:
                self._path = get_bin_path(self._client)
            except ValueError as error:
                raise DockerMissing(
                    "the Docker client %r was not found on this host; install Docker or set `docker_cli`" % self._client
                ) from error
        return self._path


def lacks_engine(said: str) -> bool:
    """Whether the client says that no engine listens."""
    return any(words in said.lower() for words in _NO_ENGINE)


def _environment() -> dict[str, str]:
    variables = {
        "LC_ALL": "C",
        # Settings of whoever runs this must not change which project, files or profiles Compose sees.
        "COMPOSE_PROFILES": "",
        "COMPOSE_IGNORE_ORPHANS": "1",  # orphans are found, reported and removed by service_rollout itself
        "COMPOSE_REMOVE_ORPHANS": "0",
        "COMPOSE_DISABLE_ENV_FILE": "1",
        "DOCKER_CLI_HINTS": "false",
    }
    if not os.environ.get("HOME"):
        variables["HOME"] = pwd.getpwuid(os.getuid()).pw_dir  # plugins are looked up in ~/.docker/cli-plugins
    return variables
