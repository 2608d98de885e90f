"""Random stacks of layers, unpacked by `umoci unpack` and compared path by path with the replay.

umoci 0.4.7, which Debian ships, works in tar order, and refuses what is an error here too. Some images are not
generated (`tame.py`), and are rows of the conformance table where the right answer is known:
- an entry below a path that is no directory, also where a later marker hides that: it refuses the image;
- a hard link to nothing, to itself, or to something in what it replaces: it refuses the image;
- a marker in a directory that the same layer makes a link: it follows the new link when the marker comes later;
- loops of links, empty link targets, opaque markers in directories that are not there, devices 0:0.
It also cleans the targets of symlinks, and chooses the mode of implied directories; both are left out of account.
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

from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.analysis.union.tree import FileNode
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.finding import Level
from tests.analysis.invariants import check
from tests.archive_builders import oci_files, spread
from tests.builders import build_image, file
from tests.conformance.cases import CASES
from tests.conformance.cases.case import Case
from tests.loading.loader import load_image
from tests.properties.stacks import stacks
from tests.properties.tame import tame_stacks
from tests.properties.unpacking import POSSIBLE, tar_of, unpacked

pytestmark = [
    pytest.mark.skipif(shutil.which("umoci") is None, reason="needs umoci (Debian package umoci)"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to unpack owners and devices"),
]
Stack = tuple[tuple[Entry, ...], ...]
READ = {blake3(content).digest(): content for content in POSSIBLE}
EMPTY = file("x", b"").content
MARKERS = (EntryKind.WHITEOUT, EntryKind.OPAQUE)
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
        layout = spread(oci_files(*map(tar_of, stack), compression="none"), Path(folder) / "layout")
        loaded = analyze(load_image(str(layout)))
        check(loaded)
        on_disk, expected = _on_disk(unpacked(layout, Path(folder) / "bundle")), _in_tree(loaded)
        assert on_disk == {path: shown or on_disk.get(path) for path, shown in expected.items()}


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(stacks)
def test_umoci_refuses_exactly_what_is_an_error(stack: Stack) -> None:
    _refused_or_not(tuple(tuple(sorted(layer, key=lambda entry: entry.kind not in MARKERS)) for layer in stack))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_umoci_refuses_the_rows_of_the_conformance_table_that_are_errors(case: Case) -> None:
    _refused_or_not(case.layers)


def _refused_or_not(stack: Stack) -> None:
    stack = tuple(tuple(map(_emptied, layer)) for layer in stack)
    errors = [notice.message for notice in analyze(build_image(*stack)).notices if notice.level is Level.ERROR]
    with tempfile.TemporaryDirectory() as folder:
        layout = spread(oci_files(*map(tar_of, stack), compression="none"), Path(folder) / "layout")
        command = ["umoci", "unpack", "--image", f"{layout}:latest", f"{folder}/bundle"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert bool(errors) == bool(done.returncode), (errors, done.stderr)


def _emptied(entry: Entry) -> Entry:
    """*entry* with a content that `tar_of` has."""
    return entry._replace(size=0, content=EMPTY) if entry.kind is EntryKind.FILE else entry


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
