"""Generated layers as tars, and images as umoci unpacks them."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.whiteout import OPAQUE_NAME, PREFIX
from tests.builders import file

POSSIBLE = (b"", b"x", b"y", b"xyz")
"""What `stacks.contents` may be."""
_BUILT = {file("x", content).content: content for content in POSSIBLE}
_TYPES = {
    EntryKind.FILE: tarfile.REGTYPE,
    EntryKind.DIRECTORY: tarfile.DIRTYPE,
    EntryKind.SYMLINK: tarfile.SYMTYPE,
    EntryKind.HARDLINK: tarfile.LNKTYPE,
    EntryKind.CHAR_DEVICE: tarfile.CHRTYPE,
    EntryKind.FIFO: tarfile.FIFOTYPE,
    EntryKind.WHITEOUT: tarfile.REGTYPE,
    EntryKind.OPAQUE: tarfile.REGTYPE,
}


def unpacked(layout: Path, bundle: Path, *, tag: str = "latest") -> Path:
    """The root of what umoci makes of the image *tag* in *layout*."""
    command = ["umoci", "unpack", "--image", f"{layout}:{tag}", str(bundle)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return bundle / "rootfs"


def tar_of(entries: tuple[Entry, ...]) -> bytes:
    """A layer whose files have contents of POSSIBLE."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for entry in entries:
            member = tarfile.TarInfo(_name(entry) or ".")
            member.type, member.mode, member.uid, member.gid = _TYPES[entry.kind], entry.mode, entry.uid, entry.gid
            member.mtime, member.linkname = entry.mtime_ns // 10**9, entry.link_target
            member.devmajor, member.devminor = entry.device or (0, 0)
            content = _BUILT[entry.content] if entry.kind is EntryKind.FILE else b""
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def _name(entry: Entry) -> str:
    directory, slash, name = entry.path.rpartition("/")
    if entry.kind is EntryKind.WHITEOUT:
        return f"{directory}{slash}{PREFIX}{name}"
    return f"{entry.path}/{OPAQUE_NAME}".lstrip("/") if entry.kind is EntryKind.OPAQUE else entry.path
