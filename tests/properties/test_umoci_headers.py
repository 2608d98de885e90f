"""Random layers of odd headers, unpacked by `umoci unpack --rootless` and compared with what the image shows.

What umoci refuses has to be an error, or a notice of the level of one. Left out of account: the owners of links, and
what is no file, directory or link; times of directories; attributes that the file system keeps off links.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path
from posixpath import normpath

import pytest
from blake3 import blake3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.analysis.union.tree import FileNode
from ocianalyze.errors import OcianalyzeError
from ocianalyze.model.entry import EntryKind
from ocianalyze.model.finding import Level
from tests.archive_builders import oci_files, spread
from tests.loading.loader import load_image
from tests.tar.odd_headers import members
from tests.tar_builders import member, tar

pytestmark = pytest.mark.skipif(shutil.which("umoci") is None, reason="needs umoci (Debian package umoci)")
OWNER = "user.rootlesscontainers"
"""Where umoci writes the owner that it cannot give: a protobuf of two numbers, with `NOBODY` for 0 beside another."""
NOBODY = (1 << 32) - 1
Shown = tuple[object, ...]


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(members(good=True, globals_too=False), min_size=1, max_size=3))
def test_umoci_unpacks_what_the_image_shows(made: list[bytes]) -> None:
    _compare(tar(member(b"t", b"target"), *made))


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(members(globals_too=False))
def test_umoci_refuses_what_is_an_error(made: bytes) -> None:
    _compare(tar(member(b"t", b"target"), made))


def _compare(layer: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        layout, bundle = spread(oci_files(layer, compression="none"), Path(folder) / "layout"), Path(folder) / "bundle"
        command = ["umoci", "unpack", "--rootless", "--image", f"{layout}:latest", str(bundle)]
        taken = subprocess.run(command, capture_output=True, check=False).returncode == 0
        try:
            analysis = analyze(load_image(str(layout)))
        except OcianalyzeError:
            assert not taken
            return
        assert taken == all(notice.level is not Level.ERROR for notice in analysis.notices)
        if taken:
            shown = {path: _of_node(node) for path, node in analysis.tree.walk()}
            there = {str(path.relative_to(bundle / "rootfs")): path for path in (bundle / "rootfs").rglob("*")}
            assert {path: shown.get(path) and _of_path(one) for path, one in there.items()} == shown


def _of_node(node: FileNode) -> Shown | None:
    """What a path is; None for a directory that no entry announces, a device and a pipe."""
    entry = node.entry
    if entry is None or entry.kind in (EntryKind.CHAR_DEVICE, EntryKind.FIFO):
        return None
    if entry.kind is EntryKind.SYMLINK:
        return normpath(entry.link_target), entry.mtime_ns
    attributes = {name: value for name, value in entry.xattrs if value}
    time = None if entry.kind is EntryKind.DIRECTORY else entry.mtime_ns
    return entry.kind, entry.mode, entry.uid, entry.gid, time, entry.size, entry.content, attributes


def _of_path(path: Path) -> Shown:
    status = path.lstat()
    if path.is_symlink():
        return normpath(path.readlink()), status.st_mtime_ns
    attributes = {name: os.getxattr(path, name) for name in os.listxattr(path)}
    uid, gid = _owner(attributes.pop(OWNER, b""))
    kind = EntryKind.DIRECTORY if stat.S_ISDIR(status.st_mode) else EntryKind.FILE
    is_file = kind is EntryKind.FILE
    time = None if kind is EntryKind.DIRECTORY else status.st_mtime_ns
    size, content = (status.st_size, blake3(path.read_bytes()).digest()) if is_file else (0, None)
    return kind, stat.S_IMODE(status.st_mode), uid, gid, time, size, content, attributes


def _owner(message: bytes) -> tuple[int, int]:
    """The numbers of the fields 1 and 2 in a protobuf of numbers."""
    found = {1: 0, 2: 0}
    at = iter(message)
    for key in at:
        value = shift = 0
        for byte in at:
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        found[key >> 3] = 0 if value == NOBODY else value
    return found[1], found[2]
