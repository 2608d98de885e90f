"""A directory as a layer: every kind of file, in the same order each time, and nothing but what is below the root."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ocianalyze.errors import ArchiveError
from ocianalyze.layers import directory_tar
from ocianalyze.layers.directory_layer import DirectoryLayer
from ocianalyze.layers.reader import LayerClaim, ScanOptions
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.limits import ReadLimits
from ocianalyze.model.scanned import ScannedLayer
from ocianalyze.tar.budget import ByteBudget, EntryBudget
from tests.archive_builders import digest
from tests.loading.loader import complaint
from tests.tar.scanning import scan


def options() -> ScanOptions:
    return ScanOptions(
        limits=ReadLimits(), budget=EntryBudget(10**6), bytes=ByteBudget(10**9), algorithm="blake3", verify=True
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "root"
    path.mkdir(mode=0o711)
    return path


@pytest.fixture
def layer(root: Path) -> Iterator[DirectoryLayer]:
    """Opened when it is first asked for: after the test has filled *root*."""
    made: list[DirectoryLayer] = []

    class Late:
        def __getattr__(self, name: str) -> object:
            if not made:
                made.append(DirectoryLayer(str(root), LayerClaim(name=str(root))))
            return getattr(made[0], name)

    yield Late()  # type: ignore[misc]
    for one in made:
        one.close()


def scanned(layer: DirectoryLayer, seen: list[int] | None = None) -> ScannedLayer:
    return layer.scan(options(), lambda data: seen.append(len(data)) if seen is not None else None)


def by_path(entries: Sequence[Entry]) -> dict[str, Entry]:
    return {entry.path: entry for entry in entries}


def fill(root: Path) -> None:
    """One of each kind."""
    (root / "etc").mkdir(mode=0o750)
    (root / "etc/passwd").write_bytes(b"root:x:0:0::/root:/bin/sh\n")
    (root / "etc/passwd").chmod(0o4640)
    os.utime(root / "etc/passwd", ns=(0, 1_700_000_000_123_456_789))
    (root / "bin").mkdir()
    (root / "bin/sh").write_bytes(b"#!" * 400_000)
    (root / "bin/bash").hardlink_to(root / "bin/sh")
    (root / "lib").symlink_to("usr/lib")
    os.mkfifo(root / "pipe", 0o600)
    (root / os.fsdecode(b"caf\xe9\n")).write_bytes(b"")
    (root / ("n" * 200)).write_bytes(b"long")


def test_every_kind_of_file_is_an_entry(root: Path, layer: DirectoryLayer) -> None:
    fill(root)
    entries = by_path(scanned(layer).entries)
    kinds = {path: entry.kind for path, entry in entries.items()}
    assert kinds == {
        "": EntryKind.DIRECTORY,
        "bin": EntryKind.DIRECTORY,
        "caf\udce9\n": EntryKind.FILE,
        "etc": EntryKind.DIRECTORY,
        "lib": EntryKind.SYMLINK,
        "n" * 200: EntryKind.FILE,
        "pipe": EntryKind.FIFO,
        "bin/bash": EntryKind.FILE,
        "bin/sh": EntryKind.HARDLINK,
        "etc/passwd": EntryKind.FILE,
    }
    assert list(entries) == list(kinds)
    passwd = entries["etc/passwd"]
    assert (passwd.mode, passwd.mtime_ns, passwd.size) == (0o4640, 1_700_000_000_123_456_789, 26)
    assert (passwd.uid, passwd.gid) == (os.getuid(), os.getgid())
    assert (entries[""].mode, entries["etc"].mode) == (0o711, 0o750)
    assert (entries["lib"].link_target, entries["bin/sh"].link_target) == ("usr/lib", "bin/bash")


def test_a_directory_is_the_tar_that_gnu_tar_makes_of_it(root: Path, layer: DirectoryLayer) -> None:
    fill(root)
    command = ["tar", "--format=posix", "--xattrs", "--sort=name", "-C", str(root), "-cf", "-", "."]
    theirs = by_path(scan(subprocess.run(command, capture_output=True, check=True).stdout).entries)
    ours = by_path(scanned(layer).entries)
    assert ours.keys() == theirs.keys()
    for path, entry in ours.items():
        assert entry._replace(offset=0, uname="", gname="") == theirs[path]._replace(offset=0, uname="", gname="")


def test_the_tar_of_a_directory_has_its_diff_id_and_is_the_same_each_time(root: Path, layer: DirectoryLayer) -> None:
    fill(root)
    first = b"".join(layer.tar())
    assert first == b"".join(layer.tar())
    result = scanned(layer)
    assert (result.tar_size, result.diff_id) == (len(first), digest(first))
    assert list(result.entries) == scan(first).entries


def test_the_progress_counts_every_stored_byte_once(root: Path, layer: DirectoryLayer) -> None:
    fill(root)
    with (root / "sparse").open("wb") as file:
        file.truncate(3 << 20)
        file.seek(1 << 20)
        file.write(b"x" * 5000)
    seen: list[int] = []
    scanned(layer, seen)
    assert sum(seen) == layer.size
    assert layer.size < 2 << 20


def test_contents_are_read_by_place_and_in_order(root: Path, layer: DirectoryLayer) -> None:
    fill(root)
    entries = [one for one in scanned(layer).entries if one.kind is EntryKind.FILE]
    files = by_path(tuple(entries))
    assert b"".join(layer.content(files["etc/passwd"], 5, 9)) == b"x:0:"
    assert b"".join(layer.content(files["bin/bash"], 0, 800_000)) == b"#!" * 400_000
    read = {entry.path: b"".join(bytes(piece.data) for piece in pieces) for entry, pieces in layer.in_order(entries)}
    assert read == {entry.path: (root / entry.path).read_bytes() for entry in entries}


def test_holes_are_kept(root: Path, layer: DirectoryLayer) -> None:
    content = bytes(1 << 20) + b"data" * 1024 + bytes(1 << 20)
    with (root / "sparse").open("wb") as file:
        file.truncate(len(content))
        file.seek(1 << 20)
        file.write(b"data" * 1024)
    (root / "hole").write_bytes(b"")
    os.truncate(root / "hole", 1 << 20)
    entries = by_path(scanned(layer).entries)
    assert entries["sparse"].size == len(content)
    assert entries["sparse"].sparse == ((1 << 20, 4096), (len(content), 0))
    assert (entries["hole"].size, entries["hole"].sparse) == (1 << 20, ((1 << 20, 0),))
    (root / "dense").write_bytes(content)
    assert by_path(scanned(layer).entries)["dense"].content == entries["sparse"].content
    [(_, pieces)] = layer.in_order([entries["sparse"]])
    assert [(piece.position, len(piece.data)) for piece in pieces] == [(1 << 20, 4096)]
    assert b"".join(layer.content(entries["sparse"], 0, len(content))) == content


def test_attributes_are_kept_but_for_those_of_the_host(root: Path, layer: DirectoryLayer) -> None:
    (root / "f").write_bytes(b"")
    try:
        os.setxattr(root / "f", "user.mine", b"\0value")
        os.setxattr(root / "f", "user.overlay.opaque", b"y")
    except OSError:
        pytest.skip("the file system has no attributes")
    assert by_path(scanned(layer).entries)["f"].xattrs == (("user.mine", b"\0value"),)


def test_a_socket_is_left_out_with_a_notice(root: Path, layer: DirectoryLayer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("listening")
    result = scanned(layer)
    assert list(by_path(result.entries)) == [""]
    assert [(one.code, one.path) for one in result.notices] == [("socket", "listening")]


def test_what_is_mounted_is_not_looked_into(root: Path, layer: DirectoryLayer, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(root)
    real = directory_tar._listed

    def listed(root: int, path: str, device: int) -> Iterator[directory_tar.FoundFile]:
        return (one._replace(mounted=one.path == "etc") for one in real(root, path, device))

    monkeypatch.setattr(directory_tar, "_listed", listed)
    result = scanned(layer)
    assert "etc" in by_path(result.entries)
    assert "etc/passwd" not in by_path(result.entries)
    assert [(one.code, one.path) for one in result.notices] == [("mount", "etc")]


def test_a_link_is_never_followed_not_even_one_that_is_put_there_meanwhile(root: Path, layer: DirectoryLayer) -> None:
    fill(root)
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "passwd").write_bytes(b"secret")
    entry = by_path(scanned(layer).entries)["etc/passwd"]
    (root / "etc/passwd").unlink()
    (root / "etc/passwd").symlink_to(outside / "passwd")
    with complaint(ArchiveError, "/etc/passwd", "symbolic links"):
        list(layer.content(entry, 0, 6))
    (root / "etc/passwd").unlink()
    (root / "etc").rmdir()
    (root / "etc").symlink_to(outside)
    with complaint(ArchiveError, "/etc/passwd", "changed while it was read"):
        list(layer.content(entry, 0, 6))
    assert "etc/passwd" not in by_path(scanned(layer).entries)


def test_a_pipe_in_place_of_a_file_is_not_waited_for(root: Path, layer: DirectoryLayer) -> None:
    fill(root)
    entry = by_path(scanned(layer).entries)["etc/passwd"]
    (root / "etc/passwd").unlink()
    os.mkfifo(root / "etc/passwd")
    with complaint(ArchiveError, "/etc/passwd changed while it was read"):
        list(layer.content(entry, 0, 6))


def test_a_file_that_changes_while_it_is_read_is_told(root: Path, layer: DirectoryLayer) -> None:
    (root / "log").write_bytes(b"x" * 1000)
    entry = by_path(scanned(layer).entries)["log"]
    (root / "log").write_bytes(b"x")
    with complaint(ArchiveError, "/log changed while it was read", "stop what writes"):
        list(layer.content(entry, 0, 1000))
    (root / "log").unlink()
    with complaint(ArchiveError, "/log changed while it was read"):
        list(layer.content(entry, 0, 1000))


def test_what_may_not_be_read_is_told_with_a_way_to(
    root: Path, layer: DirectoryLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(root)
    real = os.open

    def refuse(path: str, *args: object, **more: object) -> int:
        if path == "passwd":
            raise PermissionError(13, "Permission denied", path)
        return real(path, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refuse)
    with complaint(ArchiveError, "/etc/passwd: Permission denied", "buildah unshare"):
        scanned(layer)


def test_a_layer_that_was_closed_says_so(root: Path, layer: DirectoryLayer) -> None:
    fill(root)
    entry = by_path(scanned(layer).entries)["etc/passwd"]
    layer.close()
    with complaint(ArchiveError, "closed"):
        list(layer.content(entry, 0, 1))


def test_deep_directories_need_no_more_than_a_few_descriptors(root: Path, layer: DirectoryLayer) -> None:
    parent = os.open(root, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d", dir_fd=parent)
        below = os.open("d", os.O_RDONLY, dir_fd=parent)
        os.close(parent)
        parent = below
    os.close(parent)
    assert len(scanned(layer).entries) == 301
    subprocess.run(["rm", "-rf", str(root / "d")], check=True)


@pytest.mark.skipif(not os.path.ismount("/proc"), reason="/proc is not mounted")
def test_the_directory_above_a_mount_knows_it_as_one() -> None:
    root = os.open("/", os.O_RDONLY)
    try:
        found = {one.path: one.mounted for one in directory_tar._listed(root, "", os.fstat(root).st_dev)}
    finally:
        os.close(root)
    assert (found["proc"], found["etc"]) == (True, False)
