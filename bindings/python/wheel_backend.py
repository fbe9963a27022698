"""Builds the wheel: the package with the native library inside, for the systems that the library runs on.

    EXRUN_LIBRARY=/path/to/libexrun.so pip wheel bindings/python
    python3 wheel_backend.py FOLDER [--stored]

A backend of PEP 517 that needs nothing but Python. The library is that of EXRUN_LIBRARY; `cargo xtask package --wheel`
builds it and calls this, with the licences of what is linked in as the file that EXRUN_NOTICES names. The tag says `py3-none-PLATFORM`: the library is called through ctypes, so that one wheel
serves every Python. On Linux PLATFORM is the glibc that the library's symbols ask for, and no older one.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import struct
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LICENSES = ("LICENSE-APACHE", "LICENSE-MIT")
#: No older glibc is promised: it is the oldest that is tried.
OLDEST_GLIBC = (2, 28)
#: Machines of ELF.
MACHINES = {62: "x86_64", 183: "aarch64"}
#: A time in every archive, so that equal contents are equal files.
EPOCH = (1980, 1, 1, 0, 0, 0)


def build_wheel(folder: str, config_settings: object = None, metadata_directory: object = None) -> str:
    """What pip calls."""
    return build(Path(folder), stored=False)


def build_sdist(folder: str, config_settings: object = None) -> str:
    """What pip may call."""
    raise SystemExit("there is no source package: the native library is built by `cargo xtask package --wheel`")


def build(folder: Path, *, stored: bool) -> str:
    """Writes the wheel; gives its name. `stored`: not packed, which is quicker for a trial."""
    named = os.environ.get("EXRUN_LIBRARY")
    if not named or not Path(named).is_file():
        raise SystemExit("EXRUN_LIBRARY must name the native library: `cargo xtask package --wheel` builds it and calls this")
    library = Path(named)
    version = re.search(r'^version = "([^"]+)"', (ROOT / "Cargo.toml").read_text("utf-8"), re.MULTILINE)
    if version is None:
        raise SystemExit("Cargo.toml has no version")
    tag = f"py3-none-{platform(library)}"
    info = f"exrun-{version[1]}.dist-info"

    files = {f"exrun/{path.name}": path.read_bytes() for path in sorted((HERE / "exrun").iterdir()) if path.is_file()}
    files[f"exrun/_library/{library.name}"] = library.read_bytes()
    licenses = {name: (ROOT / name).read_bytes() for name in LICENSES}
    if notices := os.environ.get("EXRUN_NOTICES"):
        licenses["THIRD-PARTY-NOTICES.txt"] = Path(notices).read_bytes()
    files[f"{info}/METADATA"] = metadata(version[1], licenses).encode("utf-8")
    wheel = f"Wheel-Version: 1.0\nGenerator: exrun ({version[1]})\nRoot-Is-Purelib: false\nTag: {tag}\n"
    files[f"{info}/WHEEL"] = wheel.encode("utf-8")
    files.update({f"{info}/licenses/{name}": text for name, text in licenses.items()})
    record = "".join(f"{name},sha256={digest(data)},{len(data)}\n" for name, data in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()

    folder.mkdir(parents=True, exist_ok=True)
    name = f"exrun-{version[1]}-{tag}.whl"
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(folder / name, "w", method) as archive:
        for inside, data in files.items():
            entry = zipfile.ZipInfo(inside, EPOCH)
            entry.external_attr = (0o100755 if inside.startswith("exrun/_library/") else 0o100644) << 16
            entry.compress_type = method
            archive.writestr(entry, data)
    return name


def metadata(version: str, licenses: Iterable[str]) -> str:
    """What a package index shows, of pyproject.toml."""
    project = (HERE / "pyproject.toml").read_text("utf-8")

    def said(name: str) -> str:
        found = re.search(rf'^{name} = "([^"]+)"', project, re.MULTILINE)
        if found is None:
            raise SystemExit(f"pyproject.toml has no {name}")
        return found[1]

    lines = [
        "Metadata-Version: 2.4",
        "Name: exrun",
        f"Version: {version}",
        f"Summary: {said('description')}",
        f"License-Expression: {said('license')}",
        *(f"License-File: {name}" for name in licenses),
        f"Requires-Python: {said('requires-python')}",
        "Classifier: Typing :: Typed",
        "Classifier: Framework :: AsyncIO",
        "Classifier: Topic :: Communications :: Email",
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join(lines) + "\n\n" + (HERE / "README.md").read_text("utf-8")


def digest(data: bytes) -> str:
    """As RECORD has it."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode("ascii")


def platform(library: Path) -> str:
    """Where a library runs, by the library itself: it may be of another system than this one."""
    data = library.read_bytes()
    if data[:4] == b"\x7fELF":
        machine = tag_of(MACHINES if data[4] == 2 else {}, struct.unpack_from("<H", data, 18)[0], library)
        # Every name that looks like a version of glibc counts, wherever it stands: the tag may ask for too much by
        # that, and never for too little.
        versions = {tuple(map(int, found)) for found in re.findall(rb"\0GLIBC_(\d+)\.(\d+)(?=[\0.])", data)}
        if not versions:
            raise SystemExit(f"{library} is not linked with glibc; there is no wheel for musl")
        return "manylinux_{}_{}_{}".format(*max(OLDEST_GLIBC, *versions), machine)
    if data[:2] == b"MZ":
        header = struct.unpack_from("<I", data, 60)[0]
        kind = struct.unpack_from("<H", data, header + 4)[0]
        return tag_of({0x8664: "win_amd64", 0xAA64: "win_arm64"}, kind, library)
    if data[:4] == b"\xcf\xfa\xed\xfe":
        kind = struct.unpack_from("<I", data, 4)[0]
        return tag_of({0x01000007: "macosx_10_12_x86_64", 0x0100000C: "macosx_11_0_arm64"}, kind, library)
    if data[:4] == b"\xca\xfe\xba\xbe":
        # Of both processors.
        return "macosx_10_12_universal2"
    raise SystemExit(f"{library} is not a library of a system that a wheel is made for")


def tag_of(known: dict[int, str], kind: int, library: Path) -> str:
    """What a tag says of a processor."""
    if kind not in known:
        raise SystemExit(f"{library} is of a processor that no wheel is made for")
    return known[kind]


if __name__ == "__main__":
    print(build(Path(sys.argv[1]), stored="--stored" in sys.argv[2:]))
