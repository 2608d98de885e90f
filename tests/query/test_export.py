"""Export, squash and convert: judged by GNU tar, stdlib tarfile, umoci and skopeo."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import stat
import subprocess
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ocianalyze.analysis.analyze import Analysis
from ocianalyze.api import analyze_file
from ocianalyze.archive import imagewriter
from ocianalyze.archive.compress import compress
from ocianalyze.archive.convert import KINDS, convert
from ocianalyze.archive.imagewriter import TarContainer
from ocianalyze.archive.load import load_image
from ocianalyze.archive.tarwrite import file_header
from ocianalyze.errors import UsageError
from ocianalyze.files import export_tar, extract_files, squash_image
from ocianalyze.model.entry import Entry, EntryKind
from tests.archive_builders import Link, docker_files, legacy_files, oci_files, pack, skopeo_dir_files
from tests.query.making import SAMPLES, WEBAPP, analysed, ocianalyze
from tests.tar_builders import member, old_sparse, pax, tar

needs_umoci = pytest.mark.skipif(
    shutil.which("umoci") is None or os.geteuid() != 0, reason="umoci is not there, or would have to map owners"
)
needs_skopeo = pytest.mark.skipif(shutil.which("skopeo") is None, reason="skopeo is not there")


def awkward(*, sparse: bool = True) -> list[bytes]:
    """Layers with what tars are bad at. umoci does not read GNU's own form of sparse files."""
    holes = [
        old_sparse(b"sparse", [(0, 4096), (1 << 20, 4096)], 3 << 20, b"a" * 4096 + b"b" * 4096),
        old_sparse(b"hole", [], 1 << 20, b""),
    ]
    long = b"d/" + b"/".join([b"n" * 60] * 4)
    lower = tar(
        member(b"d/", kind=b"5", mode=0o750, mtime=1_500_000_000),
        member(b"d/f", b"lower", mode=0o644, uid=7, gid=8, uname=b"seven", mtime=1_500_000_001),
        member(b"gone", b"x"),
        pax({b"path": long, b"mtime": b"1500000000.123456789", b"SCHILY.xattr.user.note": b"a=b\0c"}),
        member(b"short", b"long", mode=0o4755),
        member("d/naïve".encode(), b"utf-8"),
        *(holes if sparse else []),
        pax({b"uid": b"3000000", b"linkpath": b"t" * 150}),
        member(b"link", kind=b"2", link=b"t"),
        member(b"pipe", kind=b"6"),
    )
    upper = tar(
        member(b".wh.gone"),
        member(b"d/hard", kind=b"1", link=b"d/f"),
        member(b"d/sub/new", b"upper", mtime=1_600_000_000),
        member(b"empty/", kind=b"5", mode=0o1777, mtime=1_400_000_000),
    )
    return [lower, upper]


def exported(analysis: Analysis) -> bytes:
    out = io.BytesIO()
    size = export_tar(analysis, out)
    assert len(out.getvalue()) == size
    return out.getvalue()


def described(root: Path) -> dict[str, tuple[object, ...]]:
    """Everything below *root* with all that a tar keeps; directories without their size."""
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        if path.is_symlink():
            content: object = str(path.readlink())
        else:
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
        attributes = () if path.is_symlink() else tuple((name, os.getxattr(path, name)) for name in os.listxattr(path))
        links = 0 if stat.S_ISDIR(status.st_mode) else status.st_nlink
        owner = (status.st_uid, status.st_gid)
        name = str(path.relative_to(root))
        found[name] = (status.st_mode, owner, status.st_mtime_ns, links, content, attributes)
    return found


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def unpacked(archive: Path, tag: str, tmp_path: Path) -> Path:
    """The root file system that umoci makes of an OCI archive."""
    layout = tmp_path / "layout"
    layout.mkdir()
    run("tar", "-xf", archive, "-C", layout)
    run("umoci", "unpack", "--image", f"{layout}:{tag}", tmp_path / "bundle")
    return tmp_path / "bundle/rootfs"


def test_the_same_image_gives_the_same_bytes(tmp_path: Path) -> None:
    first = exported(analysed(tmp_path, *awkward()))
    assert first == exported(analysed(tmp_path, *awkward(), compression="zstd"))


def test_python_reads_what_was_exported(tmp_path: Path) -> None:
    analysis = analysed(tmp_path, *awkward())
    with tarfile.open(fileobj=io.BytesIO(exported(analysis))) as archive:
        members = {one.name: one for one in archive.getmembers()}
        assert list(members) == [path for path, _ in analysis.tree.walk()]
        assert members["d/hard"].linkname == "d/f"
        runs: object = members["sparse"].sparse
        assert runs == [(0, 4096), (1 << 20, 4096), (3 << 20, 0)]
        sparse = archive.extractfile("sparse")
        assert sparse is not None
        data = sparse.read()
    assert (len(data), data[:1], data[4096:4097], data[1 << 20 : (1 << 20) + 1]) == (3 << 20, b"a", b"\0", b"b")


def test_our_own_reader_reads_it_back(tmp_path: Path) -> None:
    analysis = analysed(tmp_path, *awkward())
    again = analysed(tmp_path, exported(analysis))
    first, second = dict(analysis.tree.walk()), dict(again.tree.walk())
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
    analysis = analysed(tmp_path, *awkward())
    (tmp_path / "r.tar").write_bytes(exported(analysis))
    out = tmp_path / "tar"
    out.mkdir()
    run("tar", "--numeric-owner", "--xattrs", "-xpf", tmp_path / "r.tar", "-C", out)
    extract_files(analysis, ["/"], tmp_path / "ours", owners=True)
    theirs, ours = described(out), described(tmp_path / "ours")
    assert theirs.pop("pipe")
    assert list(ours) == list(theirs)
    for name, one in ours.items():
        node = analysis.tree.get(name)
        assert node is not None
        # Runtimes make up a time for a directory that no layer has an entry for.
        same = slice(0, 2) if node.entry is None else slice(None)
        assert one[same] == theirs[name][same], name
    assert (out / "sparse").stat().st_blocks * 512 < 1 << 20


@needs_umoci
def test_umoci_unpacks_the_layers_to_what_was_exported(tmp_path: Path) -> None:
    archive = tmp_path / "image.tar"
    archive.write_bytes(pack(oci_files(*awkward(sparse=False))))
    (tmp_path / "r.tar").write_bytes(exported(analyze_file(str(archive))))
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


@needs_umoci
@needs_skopeo
def test_a_squashed_image_is_accepted_and_has_the_same_files(tmp_path: Path) -> None:
    analysis = analyze_file(str(WEBAPP))
    archive = tmp_path / "squashed.tar"
    digest = squash_image(analysis, archive)
    told = json.loads(run("skopeo", "inspect", f"oci-archive:{archive}"))
    assert told["Digest"] == digest
    assert len(told["Layers"]) == 1
    config = json.loads(run("skopeo", "inspect", "--config", "--raw", f"oci-archive:{archive}"))
    before = analysis.image.config
    assert config["config"]["Entrypoint"] == before.runtime.entrypoint  # type: ignore[union-attr]
    assert [step.get("empty_layer", False) for step in config["history"]] == [True] * 22 + [False]
    again = analyze_file(str(archive))
    assert again.image.notices == ()
    assert again.waste.wasted == 0
    assert [path for path, _ in again.tree.walk()] == [path for path, _ in analysis.tree.walk()]
    extract_files(analysis, ["/"], tmp_path / "ours", owners=True)
    theirs, ours = described(unpacked(archive, "1.0.0", tmp_path)), described(tmp_path / "ours")
    assert list(ours) == list(theirs)
    for name, one in ours.items():
        node = analysis.tree.get(name)
        same = slice(0, 2) if node is None or node.entry is None else slice(None)
        assert one[same] == theirs[name][same], name


def test_squashing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    analysis = analysed(tmp_path, *awkward())
    squash_image(analysis, tmp_path / "a.tar")
    squash_image(analysis, tmp_path / "b.tar")
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()


@needs_umoci
def test_umoci_unpacks_sparse_files_out_of_a_squashed_image(tmp_path: Path) -> None:
    analysis = analysed(tmp_path, *awkward())
    squash_image(analysis, tmp_path / "gzip.tar", names=["x:1"])
    theirs = described(unpacked(tmp_path / "gzip.tar", "1", tmp_path))
    assert list(theirs) == [path for path, _ in analysis.tree.walk()]
    extract_files(analysis, ["/"], tmp_path / "ours", owners=True)
    for name, one in described(tmp_path / "ours").items():
        if not stat.S_ISDIR(one[0]):  # type: ignore[arg-type]
            assert one == theirs[name], name


Files = Callable[..., Mapping[str, bytes | Link]]
SOURCES: dict[str, Files] = {
    "docker": docker_files,
    "oci": oci_files,
    "legacy": legacy_files,
    "skopeo": skopeo_dir_files,
}


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("source", SOURCES)
def test_every_form_becomes_every_other(tmp_path: Path, source: str, kind: str, compression: str) -> None:
    path, target = tmp_path / "image.tar", tmp_path / "converted"
    path.write_bytes(pack(SOURCES[source](*awkward())))
    image = load_image(str(path))
    digest = convert(image, target, kind=kind, compression=compression, names=["example.org/a/b:1"])
    again = load_image(str(target))
    assert again.layout == kind
    assert again.names == ("example.org/a/b:1",)
    assert digest == (again.config_digest if kind == "docker-archive" else again.digest)
    assert {layer.compression for layer in again.layers} == {compression}
    assert again.diff_ids == image.diff_ids
    assert [layer.entries for layer in again.layers] == [layer.entries for layer in image.layers]
    assert again.notices == ()
    if source != "legacy":
        assert again.config_digest == image.config_digest
    if shutil.which("skopeo") is not None:
        prefix = {"oci-layout": "oci"}.get(kind, kind)
        told = json.loads(run("skopeo", "inspect", f"{prefix}:{target}"))
        assert len(told["Layers"]) == 2
        run("skopeo", "copy", "--quiet", f"{prefix}:{target}", f"dir:{tmp_path / 'copied'}")


def test_kept_layers_keep_their_digests(tmp_path: Path) -> None:
    sample = SAMPLES / "toolbox-oci-zstd.tar"
    image = load_image(str(sample))
    convert(image, tmp_path / "kept.tar", kind="oci-archive")
    assert [layer.digest for layer in load_image(str(tmp_path / "kept.tar")).layers] == [
        layer.digest for layer in image.layers
    ]
    convert(image, tmp_path / "again.tar", kind="oci-archive")
    assert (tmp_path / "kept.tar").read_bytes() == (tmp_path / "again.tar").read_bytes()


def test_a_failed_conversion_leaves_what_was_there(tmp_path: Path) -> None:
    path, target = tmp_path / "image.tar", tmp_path / "out.tar"
    path.write_bytes(pack(oci_files(*awkward())))
    image = load_image(str(path))
    target.write_text("mine")
    damaged = bytearray(path.read_bytes())
    place = damaged.find(b"\x1f\x8b")
    damaged[place + 300] ^= 0xFF
    path.write_bytes(damaged)
    done = ocianalyze("convert", path, "-o", target, "--compress", "zstd")
    assert done.returncode == 3
    with pytest.raises(Exception, match=r"gzip|diff ID"):
        convert(image, target, kind="oci-archive", compression="zstd")
    assert target.read_text() == "mine"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["image.tar", "out.tar"]


def test_a_directory_with_something_in_it_is_no_target(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine").write_text("mine")
    with pytest.raises(UsageError, match="already there"):
        convert(load_image(str(WEBAPP)), tmp_path / "full", kind="oci-layout")


@pytest.mark.parametrize("command", [["gzip", "-dc"], ["zstd", "-dcq"]])
def test_the_usual_tools_inflate_what_was_compressed(command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not there")
    data = [b"a" * 100_000, b"", bytes(range(256)) * 99]
    packed = b"".join(compress(data, command[0]))
    assert packed == b"".join(compress(data, command[0]))
    assert subprocess.run(command, input=packed, capture_output=True, check=True).stdout == b"".join(data)
    with pytest.raises(UsageError, match="no level 99"):
        list(compress(data, command[0], 99))


def test_a_blob_whose_header_needs_more_room_is_moved_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def header(name: str, size: int) -> bytes:
        return (pax({b"comment": b"x"}) if size > 1000 else b"") + file_header(name, size)

    monkeypatch.setattr(imagewriter, "file_header", header)
    out = io.BytesIO()
    container = TarContainer(out)
    big = os.urandom((3 << 20) + 17)
    for data in (b"small", big, b"small", b"end"):
        container.store([data], lambda digest: digest.encoded)
    container.finish()
    with tarfile.open(fileobj=io.BytesIO(out.getvalue())) as archive:
        read = [archive.extractfile(one).read() for one in archive.getmembers()]  # type: ignore[union-attr]
    assert read == [b"small", big, b"end"]


def test_no_entry_kind_is_without_a_place_in_a_tar(tmp_path: Path) -> None:
    analysis = analysed(tmp_path, tar(member(b"c", kind=b"3", device=(1, 3)), member(b"b", kind=b"4", device=(8, 1))))
    again = analysed(tmp_path, exported(analysis))
    kinds = [(node.kind, node.entry.device) for _, node in again.tree.walk() if node.entry]
    assert kinds == [(EntryKind.BLOCK_DEVICE, (8, 1)), (EntryKind.CHAR_DEVICE, (1, 3))]
