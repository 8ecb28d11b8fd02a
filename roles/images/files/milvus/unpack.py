# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn the PyPI wheel of Milvus into the layout of the official image: bin/, lib/, configs/.

Runs while the image is built. The wheel carries every file LZMA-compressed and a configuration
template with ``{{ name(type): default }}`` marks, which its Python wrapper fills at each start; here
both are done once, so that the server starts without Python.
"""

from __future__ import annotations

import lzma
import pathlib
import re
import shutil
import sys
import zipfile

BINARIES = "milvus/data/bin/"
TEMPLATE = "milvus/data/config.yaml.template"
MARK = re.compile(r"\{\{\s*(?P<name>\w+)(?:\(\w+\))?\s*(?::\s*(?P<default>[^}]*?)\s*)?\}\}")

# Everything the server writes lies below one volume; its log goes to the container's output only.
VALUES = {
    "etcd_data_dir": "/var/lib/milvus/etcd",
    "etcd_log_path": "stdout",
    "etcd_log_level": "warn",
    "local_storage_dir": "/var/lib/milvus/data",
    "rocksmq_data_dir": "/var/lib/milvus/rocksmq",
    "system_log_path": '""',
}


# The log of the C++ part; the wheel's file sends it to a folder that nobody rotates.
GLOG_TO_OUTPUT = "--logtostderr=true\n--minloglevel=1\n"


def fill(template: str) -> str:
    """Return the configuration with every mark replaced by its value of VALUES or its default.

    :raises SystemExit: when a mark has neither, or a name of VALUES is no longer in the template.
    """
    unused = set(VALUES)

    def value_of(mark: re.Match[str]) -> str:
        name, default = mark["name"], mark["default"]
        unused.discard(name)
        if name in VALUES:
            return VALUES[name]
        if default is None:
            raise SystemExit(f"{TEMPLATE}: '{name}' has no default; add it to VALUES in unpack.py")
        return default

    filled = MARK.sub(value_of, template)
    if unused:
        raise SystemExit(f"{TEMPLATE}: no mark for {', '.join(sorted(unused))}; expected the template of 2.3.5")
    return filled


def unpack(wheel: pathlib.Path, target: pathlib.Path) -> None:
    """Write the server, its libraries and its configuration below ``target``."""
    for folder in ("bin", "lib", "configs"):
        (target / folder).mkdir(parents=True)
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.namelist():
            if not (entry.startswith(BINARIES) and entry.endswith(".lzma")):
                continue
            name = entry[len(BINARIES) : -len(".lzma")]
            file = target / ("bin" if name == "milvus" else "lib") / name
            with archive.open(entry) as packed, lzma.open(packed) as plain, file.open("wb") as out:
                shutil.copyfileobj(plain, out, 1 << 20)
            file.chmod(0o755)
        (target / "configs" / "milvus.yaml").write_text(fill(archive.read(TEMPLATE).decode("utf-8")), encoding="utf-8")
        (target / "configs" / "glog.conf").write_text(GLOG_TO_OUTPUT, encoding="utf-8")
    if not (target / "bin" / "milvus").is_file():
        raise SystemExit(f"{wheel}: holds no {BINARIES}milvus.lzma; expected the PyPI wheel 'milvus' 2.3.5")


if __name__ == "__main__":
    unpack(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
