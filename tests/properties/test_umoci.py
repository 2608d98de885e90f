"""Random stacks of layers, unpacked by `umoci unpack` and compared path by path with the replay.

umoci works in tar order, and umoci 0.4.7, which Debian ships, refuses some images for reasons of its own. These
are not generated (`tame.py`), and are rows of the conformance table where the right answer is known:
- an entry below a path that is no directory, also where a later marker hides that: it refuses the image;
- a hard link to nothing, to itself, or to something in what it replaces: it stops with an error;
- a marker in a directory that the same layer makes a link: it follows the new link when the marker comes later;
- loops of links, empty link targets, opaque markers in directories that are not there, devices 0:0.
It also cleans the targets of symlinks, and chooses the mode of implied directories; both are left out of account.
"""

from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
import tarfile
import tempfile
from pathlib import Path
from posixpath import normpath

import pytest
from blake3 import blake3
from hypothesis import HealthCheck, given, settings

from ocianalyze.analysis.analyze import Analysis, analyze
from ocianalyze.analysis.tree import FileNode
from ocianalyze.archive.load import load_image
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.whiteout import OPAQUE_NAME, PREFIX
from tests.analysis.invariants import check
from tests.archive_builders import oci_files, spread
from tests.builders import file
from tests.properties.tame import tame_stacks

pytestmark = [
    pytest.mark.skipif(shutil.which("umoci") is None, reason="needs umoci (Debian package umoci)"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to unpack owners and devices"),
]
Stack = tuple[tuple[Entry, ...], ...]
POSSIBLE = (b"", b"x", b"y", b"xyz")
BUILT = {file("x", content).content: content for content in POSSIBLE}
READ = {blake3(content).digest(): content for content in POSSIBLE}
TYPES = {
    EntryKind.FILE: tarfile.REGTYPE,
    EntryKind.DIRECTORY: tarfile.DIRTYPE,
    EntryKind.SYMLINK: tarfile.SYMTYPE,
    EntryKind.HARDLINK: tarfile.LNKTYPE,
    EntryKind.CHAR_DEVICE: tarfile.CHRTYPE,
    EntryKind.FIFO: tarfile.FIFOTYPE,
    EntryKind.WHITEOUT: tarfile.REGTYPE,
    EntryKind.OPAQUE: tarfile.REGTYPE,
}
KINDS = (
    (stat.S_ISREG, EntryKind.FILE),
    (stat.S_ISDIR, EntryKind.DIRECTORY),
    (stat.S_ISLNK, EntryKind.SYMLINK),
    (stat.S_ISCHR, EntryKind.CHAR_DEVICE),
    (stat.S_ISFIFO, EntryKind.FIFO),
)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(tame_stacks())
def test_umoci_unpacks_what_the_replay_shows(stack: Stack) -> None:
    with tempfile.TemporaryDirectory() as folder:
        layout = spread(oci_files(*map(_layer_tar, stack), compression="none"), Path(folder) / "layout")
        loaded = analyze(load_image(str(layout)))
        check(loaded)
        unpacked = subprocess.run(
            ["umoci", "unpack", "--image", f"{layout}:latest", f"{folder}/bundle"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert unpacked.returncode == 0, unpacked.stderr
        on_disk, expected = _on_disk(Path(folder) / "bundle/rootfs"), _in_tree(loaded)
        assert on_disk == {path: shown or on_disk.get(path) for path, shown in expected.items()}


def _layer_tar(entries: tuple[Entry, ...]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for entry in entries:
            member = tarfile.TarInfo(_name(entry) or ".")
            member.type, member.mode, member.uid, member.gid = TYPES[entry.kind], entry.mode, entry.uid, entry.gid
            member.mtime, member.linkname = entry.mtime_ns // 10**9, entry.link_target
            member.devmajor, member.devminor = entry.device or (0, 0)
            content = BUILT[entry.content] if entry.kind is EntryKind.FILE else b""
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def _name(entry: Entry) -> str:
    directory, slash, name = entry.path.rpartition("/")
    if entry.kind is EntryKind.WHITEOUT:
        return f"{directory}{slash}{PREFIX}{name}"
    return f"{entry.path}/{OPAQUE_NAME}".lstrip("/") if entry.kind is EntryKind.OPAQUE else entry.path


def _in_tree(analysis: Analysis) -> dict[str, tuple[object, ...] | None]:
    """What is at each path; None for an implied directory, whose mode is the unpacker's choice."""
    return {path: _of_node(node) for path, node in analysis.tree.walk()}


def _of_node(node: FileNode) -> tuple[object, ...] | None:
    entry = node.entry
    if entry is None:
        return None
    content = READ[entry.content or b""] if entry.kind is EntryKind.FILE else None
    mode = None if entry.kind is EntryKind.SYMLINK else entry.mode
    target = normpath(entry.link_target) if entry.kind is EntryKind.SYMLINK else ""  # umoci cleans it
    return entry.kind, entry.size, mode, entry.uid, entry.gid, target, content, entry.device


def _on_disk(root: Path) -> dict[str, tuple[object, ...]]:
    found = {}
    for folder, directories, files in os.walk(root):
        for name in directories + files:
            path = Path(folder) / name
            found[str(path.relative_to(root))] = _of_path(path)
    return found


def _of_path(path: Path) -> tuple[object, ...]:
    status = path.lstat()
    kind = next(kind for test, kind in KINDS if test(status.st_mode))
    is_file, is_link = kind is EntryKind.FILE, kind is EntryKind.SYMLINK
    return (
        kind,
        status.st_size if is_file else 0,
        None if is_link else stat.S_IMODE(status.st_mode),
        status.st_uid,
        status.st_gid,
        normpath(path.readlink()) if is_link else "",
        path.read_bytes() if is_file else None,
        (os.major(status.st_rdev), os.minor(status.st_rdev)) if kind is EntryKind.CHAR_DEVICE else None,
    )
