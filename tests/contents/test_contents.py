"""Reading one file's content back: judged by stdlib tarfile, whatever the compression."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import random
import tarfile
from pathlib import Path

import pytest

from ocianalyze.api import LoadOptions, open_image
from ocianalyze.blobs.blob import FileRange, OpenFile
from ocianalyze.errors import CorruptLayerError, UsageError
from ocianalyze.layers import random_access as seek
from ocianalyze.model.entry import EntryKind

try:
    from compression import zstd  # type: ignore[import-not-found, unused-ignore]
except ImportError:
    from backports import zstd

FILES = {f"dir{number % 7}/file{number}": random.Random(number).randbytes(number * 997) for number in range(60)}


def _layer() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in FILES.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return out.getvalue()


def _members(data: bytes) -> bytes:
    """Gzip of several members, as pigz and estargz write it."""
    step = len(data) // 3
    return b"".join(gzip.compress(data[at : at + step], 1) for at in range(0, len(data), step))


COMPRESSIONS = {"none": bytes, "gzip": lambda data: gzip.compress(data, 1), "members": _members, "zstd": zstd.compress}


@pytest.fixture(params=COMPRESSIONS)
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    tar = _layer()
    blob = COMPRESSIONS[request.param](tar)
    config = {"rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(tar).hexdigest()]}}
    manifest = [{"Config": "config.json", "RepoTags": ["a:b"], "Layers": ["layer.tar"]}]
    path = tmp_path / "image.tar"
    with tarfile.open(path, "w") as outer:
        documents = {"config.json": json.dumps(config).encode(), "manifest.json": json.dumps(manifest).encode()}
        for name, data in {"layer.tar": blob, **documents}.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            outer.addfile(member, io.BytesIO(data))
    return path


@pytest.mark.parametrize("spool", [1 << 30, 1 << 20])
def test_any_file_reads_back_in_any_order(archive: Path, monkeypatch: pytest.MonkeyPatch, spool: int) -> None:
    monkeypatch.setattr(seek, "SPACING", 100_000)
    monkeypatch.setattr(seek, "SPOOL", spool)
    opened = open_image(str(archive))
    entries = list(opened.layers[0].entries)
    random.Random(5).shuffle(entries)
    with opened:
        for entry in entries * 2:
            assert opened.contents.read(0, entry) == FILES[entry.path]
            start = entry.size // 3
            assert opened.contents.read(0, entry, start=start, length=100) == FILES[entry.path][start : start + 100]


@pytest.mark.parametrize("read", [1, 2, 3, 64])
@pytest.mark.parametrize("padding", [b"", bytes(5)])
def test_members_may_begin_anywhere_in_what_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: int, padding: bytes
) -> None:
    monkeypatch.setattr(seek, "READ", read)
    parts = [b"one" * 50, b"", b"two" * 70, b"3"]
    path = tmp_path / "blob"
    path.write_bytes(b"".join(gzip.compress(part) + padding for part in parts) + b"\x1f")
    whole = b"".join(parts)
    with path.open("rb") as file:
        view = seek.open_tar(FileRange("blob", OpenFile(os.dup(file.fileno())), 0, path.stat().st_size), "gzip")
        assert b"".join(view.chunks(0, len(whole) + 9)) == whole
        assert b"".join(view.chunks(150, 210)) == parts[2]


def test_an_archive_that_was_cut_since_it_was_loaded_gives_no_half_file(archive: Path) -> None:
    opened = open_image(str(archive))
    layer = opened.layers[0]
    short = layer.entries[-1]._replace(offset=layer.tar_size - 100)
    with opened, pytest.raises(CorruptLayerError, match="ends early"):
        opened.contents.read(0, short)


@pytest.mark.parametrize("archive", ["gzip", "members"], indirect=True)
def test_a_gzip_layer_is_not_inflated_again_from_the_start(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seek, "SPACING", 100_000)
    opened = open_image(str(archive))
    entry = opened.layers[0].entries[-1]
    with opened:
        opened.contents.read(0, entry)
        view = opened.contents.reader(0)._view  # type: ignore[attr-defined]
        nearest = view._from(entry.offset)
        assert 0 <= entry.offset - nearest.position <= 100_000 + (1 << 20)
        assert nearest.position > 0


def test_holes_of_a_sparse_file_read_as_zeros(tmp_path: Path) -> None:
    sparse = tmp_path / "sparse"
    with sparse.open("wb") as out:
        out.seek(3_000_000)
        out.write(b"middle")
        out.seek(9_000_000)
        out.write(b"end")
    image_dir = tmp_path / "image"
    image_dir.mkdir()
    import subprocess

    for version in ("gnu", "posix"):
        made = subprocess.run(
            ["tar", "--sparse", f"--format={version}", "-cf", image_dir / "layer.tar", "-C", tmp_path, "sparse"],
            check=False,
        )
        if made.returncode:
            pytest.skip("needs GNU tar")
        (image_dir / "config.json").write_text("{}")
        (image_dir / "manifest.json").write_text('[{"Config": "config.json", "Layers": ["layer.tar"]}]')
        opened = open_image(str(image_dir), options=LoadOptions(content_algorithm="sha256"))
        [entry] = opened.layers[0].entries
        assert entry.sparse
        assert entry.content == hashlib.sha256(sparse.read_bytes()).digest()
        with opened:
            assert opened.contents.read(0, entry) == sparse.read_bytes()
            assert opened.contents.read(0, entry, start=2_999_998, length=10) == b"\0\0middle\0\0"


def test_what_has_no_content_is_said_so() -> None:
    opened = open_image("sample-images/toolbox-oci-gzip.tar")
    directory = next(e for e in opened.layers[0].entries if e.kind is EntryKind.DIRECTORY)
    with opened, pytest.raises(UsageError, match="dir, which has no content"):
        opened.contents.read(0, directory)
