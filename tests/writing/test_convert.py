"""Conversion between forms and compressions, judged by skopeo and by our own reader; and what a failed one leaves."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ocianalyze.api import open_image
from ocianalyze.api.files import convert_image
from ocianalyze.blobs.compress import compress
from ocianalyze.errors import CorruptLayerError, UsageError
from ocianalyze.loading.load import load_image
from ocianalyze.tar.writer import file_header
from ocianalyze.writing import image_writer as imagewriter
from ocianalyze.writing.convert import KINDS
from ocianalyze.writing.image_writer import TarContainer
from tests.api.making import SAMPLES, WEBAPP, ocianalyze
from tests.archive_builders import Link, docker_files, legacy_files, oci_files, pack, skopeo_dir_files
from tests.tar_builders import pax
from tests.writing.judging import awkward, run

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
    opened = open_image(str(path))
    digest = convert_image(opened, target, kind=kind, compression=compression, names=["example.org/a/b:1"])
    again = load_image(str(target))
    assert again.layout == kind
    assert again.names == ("example.org/a/b:1",)
    assert digest == (again.config_digest if kind == "docker-archive" else again.digest)
    assert {layer.compression for layer in again.layers} == {compression}
    assert again.diff_ids == opened.image.diff_ids
    assert [layer.entries for layer in again.layers] == [layer.entries for layer in opened.layers]
    assert again.notices == ()
    if source != "legacy":
        assert again.config_digest == opened.image.config_digest
    if shutil.which("skopeo") is not None:
        prefix = {"oci-layout": "oci"}.get(kind, kind)
        told = json.loads(run("skopeo", "inspect", f"{prefix}:{target}"))
        assert len(told["Layers"]) == 2
        run("skopeo", "copy", "--quiet", f"{prefix}:{target}", f"dir:{tmp_path / 'copied'}")


def test_kept_layers_keep_their_digests(tmp_path: Path) -> None:
    sample = SAMPLES / "toolbox-oci-zstd.tar"
    opened = open_image(str(sample))
    convert_image(opened, tmp_path / "kept.tar", kind="oci-archive")
    assert [layer.digest for layer in open_image(str(tmp_path / "kept.tar")).layers] == [
        layer.digest for layer in opened.layers
    ]
    convert_image(opened, tmp_path / "again.tar", kind="oci-archive")
    assert (tmp_path / "kept.tar").read_bytes() == (tmp_path / "again.tar").read_bytes()


def test_a_failed_conversion_leaves_what_was_there(tmp_path: Path) -> None:
    path, target = tmp_path / "image.tar", tmp_path / "out.tar"
    path.write_bytes(pack(oci_files(*awkward())))
    opened = open_image(str(path))
    target.write_text("mine")
    damaged = bytearray(path.read_bytes())
    place = damaged.find(b"\x1f\x8b")
    damaged[place + 300] ^= 0xFF
    path.write_bytes(damaged)
    done = ocianalyze("convert", path, "-o", target, "--compress", "zstd")
    assert done.returncode == 3
    with pytest.raises(CorruptLayerError, match="gzip"):
        convert_image(opened, target, kind="oci-archive", compression="zstd")
    assert target.read_text() == "mine"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["image.tar", "out.tar"]


def test_a_directory_with_something_in_it_is_no_target(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine").write_text("mine")
    with pytest.raises(UsageError, match="already there"):
        convert_image(open_image(str(WEBAPP)), tmp_path / "full", kind="oci-layout")
    assert [(one.name, one.read_text()) for one in (tmp_path / "full").iterdir()] == [("mine", "mine")]


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
