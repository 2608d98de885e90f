"""Two images, unpacked by `umoci unpack`: `rsync -n --checksum` says what it would do to make one the other.

It looks at types, contents, modes, owners, link targets, device numbers and, of what is no directory, times.
What umoci does to directories that no layer stores, and to the spelling of link targets, is left out of account.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from posixpath import normpath
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocianalyze.analysis.compare.imagediff import DiffOptions, ImageDiff
from ocianalyze.analysis.compare.treediff import DiffKind, PathDiff
from ocianalyze.analysis.union.changes import Aspect
from ocianalyze.model.entry import Entry, EntryKind
from tests.archive_builders import oci_files, spread
from tests.cli.run import SAMPLES
from tests.loading.loader import compare_files
from tests.properties.tame import tame_stacks
from tests.properties.unpacking import tar_of, unpacked

pytestmark = [
    pytest.mark.skipif(shutil.which("umoci") is None, reason="needs umoci (Debian package umoci)"),
    pytest.mark.skipif(shutil.which("rsync") is None, reason="needs rsync (Debian package rsync)"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to unpack owners and devices"),
]
Stack = tuple[tuple[Entry, ...], ...]
_LETTERS = {
    Aspect.CONTENT: "c",
    Aspect.LINK: "c",
    Aspect.MODE: "p",
    Aspect.OWNER: "o",
    Aspect.MTIME: "t",
}


class Said(NamedTuple):
    """What has to be done to make the old tree the new one."""

    created: frozenset[str]
    deleted: frozenset[str]
    changed: dict[str, frozenset[str]]
    """By path, in rsync's letters: `c` content or target, `p` mode, `o` owner or group, `t` time."""


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(tame_stacks(), tame_stacks(), st.booleans())
def test_rsync_would_do_what_the_comparison_says(old: Stack, new: Stack, mtime: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        layouts: list[str] = []
        roots: list[Path] = []
        for name, stack in (("old", old), ("new", new)):
            layout = spread(oci_files(*map(tar_of, stack), compression="none"), Path(folder) / name)
            layouts.append(str(layout))
            roots.append(unpacked(layout, Path(folder) / f"{name}-bundle"))
        difference = compare_files(layouts[0], layouts[1], options=DiffOptions(mtime=mtime))
        assert _judged(roots, difference, mtime=mtime) == _ours(difference)


@pytest.mark.parametrize("mtime", [False, True])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("webapp-v1", "webapp-v2"),
        ("webapp-v2", "webapp-v1"),
        ("webapp-v2", "toolbox-oci-gzip"),
        ("webapp-v1", "webapp-v1"),
    ],
)
def test_of_real_images_too(old: str, new: str, mtime: bool, tmp_path: Path) -> None:
    roots: list[Path] = []
    for number, name in enumerate((old, new)):
        layout = tmp_path / f"layout-{number}"
        with tarfile.open(SAMPLES / f"{name}.tar") as archive:
            archive.extractall(layout, filter="data")
        [manifest] = json.loads((layout / "index.json").read_text())["manifests"]
        tag = manifest["annotations"]["org.opencontainers.image.ref.name"]
        roots.append(unpacked(layout, tmp_path / f"bundle-{number}", tag=tag))
    sources = [str(SAMPLES / f"{name}.tar") for name in (old, new)]
    difference = compare_files(sources[0], sources[1], options=DiffOptions(mtime=mtime))
    judged = _judged(roots, difference, mtime=mtime)
    assert judged == _ours(difference)
    assert (judged == Said(frozenset(), frozenset(), {})) == (old == new)


def _judged(roots: list[Path], difference: ImageDiff, *, mtime: bool) -> Said:
    old, new = roots
    command = ["rsync", "-rlpgoDn8", *(["-t"] if mtime else []), "--checksum", "--delete", "--out-format=%i %n"]
    done = subprocess.run(
        [*command, f"{new}/", f"{old}/"],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    created, deleted, changed = set(), set(), {}
    for line in done.stdout.splitlines():
        code, path = line[:11], line[12:].rstrip("/")
        if path in (".", ""):
            continue
        if code.startswith("*deleting"):
            deleted.add(path)
        elif code.endswith("+++++++++"):
            created.add(path)
        else:
            letters = frozenset(code[2:].replace("g", "o")) & frozenset("cpot")
            nodes = [analysis.tree.get(path) for analysis in (difference.old, difference.new)]
            if code[1] == "d":
                letters -= {"t"} | ({"p", "o"} if any(node is None or node.entry is None for node in nodes) else set())
            if letters:
                changed[path] = letters
    return Said(frozenset(created), frozenset(deleted - created), changed)


def _ours(difference: ImageDiff) -> Said:
    created, deleted, changed = set(), set(), {}
    for change in difference.changes:
        if change.kind in (DiffKind.ADDED, DiffKind.MOVED, DiffKind.REPLACED):
            created.add(change.path)
        if change.kind in (DiffKind.REMOVED, DiffKind.MOVED):
            deleted.add(change.moved_from or change.path)
        if change.kind in (DiffKind.CONTENT, DiffKind.METADATA) and (letters := _letters(change)):
            changed[change.path] = letters
    return Said(frozenset(created), frozenset(deleted), changed)


def _letters(change: PathDiff) -> frozenset[str]:
    assert change.old is not None
    assert change.new is not None
    letters = {letter for aspect, letter in _LETTERS.items() if aspect in change.aspects}
    before, after = change.old.entry, change.new.entry
    if change.new.kind is EntryKind.DIRECTORY:
        letters -= {"t"} | (set() if before and after else {"p", "o"})
    if change.aspects & Aspect.LINK and before and after:
        letters -= {"c"} if normpath(before.link_target) == normpath(after.link_target) else set()
    return frozenset(letters)
