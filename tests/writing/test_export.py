"""Export, judged by GNU tar, stdlib tarfile and umoci."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import stat
import tarfile
from pathlib import Path

import pytest

from ocianalyze.api import open_image
from ocianalyze.model.entry import Entry, EntryKind
from tests.api.making import WEBAPP, ocianalyze, open_layers
from tests.archive_builders import oci_files, pack
from tests.loading.loader import load_image
from tests.tar_builders import member, old_sparse, tar
from tests.writing.judging import awkward, described, exported, needs_umoci, run, unpacked


def test_the_same_image_gives_the_same_bytes(tmp_path: Path) -> None:
    first = exported(open_layers(tmp_path, *awkward()))
    assert first == exported(open_layers(tmp_path, *awkward(), compression="zstd"))


def test_python_reads_what_was_exported(tmp_path: Path) -> None:
    opened = open_layers(tmp_path, *awkward())
    with tarfile.open(fileobj=io.BytesIO(exported(opened))) as archive:
        members = {one.name: one for one in archive.getmembers()}
        assert list(members) == [path for path, _ in opened.analysis.tree.walk()]
        assert members["d/hard"].linkname == "d/f"
        runs: object = members["sparse"].sparse
        assert runs == [(0, 4096), (1 << 20, 4096), (3 << 20, 0)]
        sparse = archive.extractfile("sparse")
        assert sparse is not None
        data = sparse.read()
    assert (len(data), data[:1], data[4096:4097], data[1 << 20 : (1 << 20) + 1]) == (3 << 20, b"a", b"\0", b"b")


@pytest.mark.parametrize(
    "runs",
    [
        [(0, 100), (1000, 300), (1400, 2), (5000, 1)],
        [(7, 1), (512, 512), (1025, 1), (1027, 1), (4000, 96)],
        [(3, 509), (4096, 512)],
        [(10, 1)],
        [],
    ],
)
def test_gnu_tar_unpacks_runs_that_are_no_whole_blocks(tmp_path: Path, runs: list[tuple[int, int]]) -> None:
    if shutil.which("tar") is None:
        pytest.skip("needs GNU tar")
    size, data = 6000, b"".join(bytes([97 + number]) * length for number, (_, length) in enumerate(runs))
    whole, stored = bytearray(size), 0
    for offset, length in runs:
        whole[offset : offset + length] = data[stored : stored + length]
        stored += length
    opened = open_layers(tmp_path, tar(old_sparse(b"s", runs, size, data), member(b"z", b"behind")))
    assert opened.read("s") == whole
    (tmp_path / "out.tar").write_bytes(exported(opened))
    (tmp_path / "out").mkdir()
    run("tar", "-C", str(tmp_path / "out"), "-xf", str(tmp_path / "out.tar"))
    assert (tmp_path / "out/s").read_bytes() == whole
    assert (tmp_path / "out/z").read_bytes() == b"behind"
    again = open_layers(tmp_path, exported(opened))
    assert again.read("s") == whole


def test_our_own_reader_reads_it_back(tmp_path: Path) -> None:
    opened = open_layers(tmp_path, *awkward())
    again = open_layers(tmp_path, exported(opened))
    first, second = dict(opened.analysis.tree.walk()), dict(again.analysis.tree.walk())
    assert list(first) == list(second)

    def kept(entry: Entry) -> Entry:
        return entry._replace(path="", offset=0, sparse=None)

    for path, node in first.items():
        one, other = node.entry, second[path].entry
        assert other is not None
        if one is None:
            assert (other.mode, other.uid, other.gid) == (0o755, 0, 0)
            continue
        assert kept(one) == kept(other), path


@pytest.mark.skipif(os.geteuid() != 0, reason="owners can only be given by root")
def test_gnu_tar_and_extraction_agree_path_by_path(tmp_path: Path) -> None:
    opened = open_layers(tmp_path, *awkward())
    (tmp_path / "r.tar").write_bytes(exported(opened))
    out = tmp_path / "tar"
    out.mkdir()
    run("tar", "--numeric-owner", "--xattrs", "-xpf", tmp_path / "r.tar", "-C", out)
    opened.extract("/", to=tmp_path / "ours", owners=True)
    theirs, ours = described(out), described(tmp_path / "ours")
    assert theirs.pop("pipe")
    assert list(ours) == list(theirs)
    for name, one in ours.items():
        node = opened.analysis.tree.get(name)
        assert node is not None
        # Runtimes make up a time for a directory that no layer has an entry for.
        same = slice(0, 2) if node.entry is None else slice(None)
        assert one[same] == theirs[name][same], name
    assert (out / "sparse").stat().st_blocks * 512 < 1 << 20


@needs_umoci
def test_umoci_unpacks_the_layers_to_what_was_exported(tmp_path: Path) -> None:
    archive = tmp_path / "image.tar"
    archive.write_bytes(pack(oci_files(*awkward(sparse=False))))
    (tmp_path / "r.tar").write_bytes(exported(open_image(str(archive))))
    out = tmp_path / "tar"
    out.mkdir()
    run("tar", "--numeric-owner", "--xattrs", "-xpf", tmp_path / "r.tar", "-C", out)
    theirs, ours = described(unpacked(archive, "latest", tmp_path)), described(out)
    assert list(ours) == list(theirs)
    for name, one in ours.items():
        same = slice(0, 2) if stat.S_ISDIR(one[0]) else slice(None)  # type: ignore[arg-type]
        assert one[same] == theirs[name][same], name


def test_one_layer_alone_is_the_tar_that_its_diff_id_names() -> None:
    image = load_image(str(WEBAPP))
    done = ocianalyze("export", WEBAPP, "--only-layer", "6")
    assert f"sha256:{hashlib.sha256(done.stdout).hexdigest()}" == image.layers[6].diff_id
    assert ocianalyze("export", WEBAPP, "--only-layer", "99").returncode == 2


def test_a_part_and_an_earlier_view_are_exported(tmp_path: Path) -> None:
    done = ocianalyze("export", WEBAPP, "--path", "/srv/app/.env", "--layer", "5", "-o", tmp_path / "p.tar")
    assert done.returncode == 0, done.stderr
    with tarfile.open(tmp_path / "p.tar") as archive:
        assert archive.getnames() == ["srv", "srv/app", "srv/app/.env"]


def test_no_entry_kind_is_without_a_place_in_a_tar(tmp_path: Path) -> None:
    opened = open_layers(tmp_path, tar(member(b"c", kind=b"3", device=(1, 3)), member(b"b", kind=b"4", device=(8, 1))))
    again = open_layers(tmp_path, exported(opened))
    kinds = [(node.kind, node.entry.device) for _, node in again.analysis.tree.walk() if node.entry]
    assert kinds == [(EntryKind.BLOCK_DEVICE, (8, 1)), (EntryKind.CHAR_DEVICE, (1, 3))]
