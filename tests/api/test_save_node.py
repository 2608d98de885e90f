"""Saving files and directories without being led astray."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.analysis.union.tree import FileNode, StoredAt
from ocianalyze.api import save_node
from ocianalyze.errors import UsageError
from ocianalyze.layers.reader import Piece
from ocianalyze.model.entry import Entry, EntryKind
from tests.builders import build_image, char_device, directory, file, layer, symlink
from tests.tui.contents.stored import Stored


def tree_of(contents: dict[str, bytes], *entries: Entry) -> tuple[Stored, FileNode]:
    files = [file(path, data, mode=0o640) for path, data in contents.items()]
    return Stored(contents), analyze(build_image(layer(*entries, *files))).tree.root


def test_a_directory_is_saved_with_modes_times_and_links_as_links(tmp_path: Path) -> None:
    source, root = tree_of(
        {"d/a": b"A", "d/sub/b": b"B" * 9_000_000},
        directory("d/sub", mode=0o500),
        symlink("d/l", "/etc/passwd"),
        char_device("d/null", 1, 3),
    )
    saved = save_node(source, (root.children or {})["d"], tmp_path / "out")
    assert (saved.files, saved.size, saved.skipped) == (3, 9_000_001, [("out/null", "a device node")])
    out = tmp_path / "out"
    assert (out / "sub/b").read_bytes() == b"B" * 9_000_000
    assert (out / "a").stat().st_mode & 0o777 == 0o640
    assert (out / "a").stat().st_mtime_ns == 1_700_000_000_000_000_000
    assert (out / "l").readlink() == Path("/etc/passwd")


def test_a_link_on_the_disk_does_not_lead_a_save_outside(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    out = tmp_path / "out"
    out.mkdir()
    (out / "sub").symlink_to(outside)
    (out / "a").symlink_to(outside / "a")
    source, root = tree_of({"d/a": b"A", "d/sub/b": b"B"})
    node = (root.children or {})["d"]
    with pytest.raises(UsageError, match="already there"):
        save_node(source, node, out)
    assert (out / "a").is_symlink()
    save_node(source, node, out, overwrite=True)
    assert list(outside.iterdir()) == []
    assert not (out / "a").is_symlink()
    assert not (out / "sub").is_symlink()
    assert (out / "sub/b").read_bytes() == b"B"


def test_a_link_of_the_image_does_not_lead_a_save_outside(tmp_path: Path) -> None:
    """A name that is a link and a directory at once cannot be in a tree; one that is made by hand is refused."""
    outside = tmp_path / "outside"
    outside.mkdir()
    link = FileNode(symlink("x", str(outside)), StoredAt(0, 0))
    out = tmp_path / "out"
    save_node(Stored({}), FileNode(None, None, {"x": link}), out)
    inner = FileNode(file("f", b"F"), StoredAt(0, 1))
    with pytest.raises(UsageError, match="already there"):
        save_node(Stored({"f": b"F"}), FileNode(None, None, {"x": FileNode(None, None, {"f": inner})}), out)
    with pytest.raises(UsageError, match="No such file"):
        save_node(Stored({"f": b"F"}), FileNode(None, None, {"x/b": inner}), out)
    saved = save_node(
        Stored({"f": b"F"}), FileNode(None, None, {"..": inner, ".": inner, "": inner}), tmp_path / "three"
    )
    assert sorted(saved.skipped) == [
        ("three/", "a name that no file system takes"),
        ("three/.", "a name that no file system takes"),
        ("three/..", "a name that no file system takes"),
    ]
    assert list(outside.iterdir()) == []


def test_a_file_is_not_written_over_unasked_and_never_through_a_link(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(b"mine")
    target = tmp_path / "target"
    target.symlink_to(kept)
    source, root = tree_of({"a": b"theirs"})
    node = (root.children or {})["a"]
    with pytest.raises(UsageError, match="already there"):
        save_node(source, node, target)
    save_node(source, node, target, overwrite=True)
    assert kept.read_bytes() == b"mine"
    assert target.read_bytes() == b"theirs"
    assert not target.is_symlink()


def test_directories_may_be_nested_deeply_and_nothing_stays_open(tmp_path: Path) -> None:
    node = FileNode(file("f", b""), StoredAt(0, 0))
    for _ in range(300):
        node = FileNode(None, None, {"d": node})
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    assert save_node(Stored({"f": b""}), node, tmp_path / "deep").directories == 300
    assert before == (len(list(Path("/proc/self/fd").iterdir())) if before else 0)


def test_half_a_file_is_removed(tmp_path: Path) -> None:
    class Torn(Stored):
        def in_order(self, layer: int, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Iterator[Piece]]]:
            def pieces() -> Iterator[Piece]:
                yield Piece(0, b"half")
                written.extend(path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == b"half")
                raise UsageError("the archive is gone")

            return ((entry, pieces()) for entry in entries)

    written: list[Path] = []
    node = FileNode(Entry("f", EntryKind.FILE, 5, 0o644, 0, 0, 0), StoredAt(0, 0))
    with pytest.raises(UsageError, match="gone"):
        save_node(Torn({}), node, tmp_path / "f")
    assert len(written) == 1
    assert list(tmp_path.iterdir()) == []
