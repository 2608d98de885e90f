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
from typing import Any

import pytest

from ocianalyze.api import LoadOptions, open_image
from ocianalyze.api.files import convert_image
from ocianalyze.blobs.compress import compress
from ocianalyze.errors import CorruptLayerError, UsageError
from ocianalyze.tar.writer import file_header
from ocianalyze.writing import image_writer as imagewriter
from ocianalyze.writing.convert import KINDS
from ocianalyze.writing.image_writer import TarContainer
from tests.api.making import WEBAPP, ocianalyze
from tests.archive_builders import (
    Layout,
    Link,
    config,
    docker_files,
    legacy_files,
    oci_files,
    pack,
    skopeo_dir_files,
    to_json,
)
from tests.cli.run import SAMPLES
from tests.loading.loader import load_image
from tests.tar_builders import pax, tar
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
    digest = convert_image(opened, target, kind=kind, compression=compression, names=["example.org/a/b:1"]).digest
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
    target.write_text("mine")
    opened = open_image(str(path))
    damaged = bytearray(path.read_bytes())
    place = damaged.find(b"\x1f\x8b")
    damaged[place + 300] ^= 0xFF
    path.write_bytes(damaged)
    done = ocianalyze("convert", path, "-o", target, "--compress", "zstd")
    assert done.returncode == 3
    with opened, pytest.raises(CorruptLayerError, match="gzip"):
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


def _converted(tmp_path: Path, files: Mapping[str, bytes | Link], *options: str) -> tuple[str, Path]:
    """What is said on stderr about a conversion, and where its outcome is."""
    path, target = tmp_path / "in.tar", tmp_path / "out"
    path.write_bytes(pack(dict(files)))
    done = ocianalyze("convert", path, "-o", target, *options)
    assert done.returncode == 0, done.stderr
    return done.stderr.decode(), target


def _documents(layout: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The index, and the manifest that it lists first."""
    index = json.loads((layout / "index.json").read_text())
    digest = index["manifests"][0]["digest"]
    return index, json.loads((layout / "blobs/sha256" / digest.partition(":")[2]).read_text())


def test_a_name_without_a_tag_is_latest_in_a_docker_archive(tmp_path: Path) -> None:
    said, target = _converted(tmp_path, oci_files(tar()), "--to", "docker-archive", "--name", "web")
    assert load_image(str(target)).names == ("web:latest",)
    assert "left out" not in said


def test_names_that_a_docker_archive_cannot_hold_are_told(tmp_path: Path) -> None:
    files = oci_files(tar(), name="1.0.0")
    said, target = _converted(tmp_path, files, "--to", "docker-archive")
    assert load_image(str(target)).names == ()
    assert "the name '1.0.0' is left out, for a docker archive takes NAME:TAG; --name gives one" in said


@pytest.mark.parametrize(
    "name", ["Web:1", "web@sha256:" + "0" * 64, "web:", "a//b", "-a", "a" * 300, "web:1:2", "we b"]
)
@pytest.mark.parametrize("kind", ["docker-archive", "oci-archive"])
def test_an_impossible_name_is_refused(tmp_path: Path, kind: str, name: str) -> None:
    done = ocianalyze("convert", WEBAPP, "-o", tmp_path / "out", "--to", kind, f"--name={name}")
    assert done.returncode == 2
    assert b"name" in done.stderr
    assert not (tmp_path / "out").exists()


def test_annotations_subject_and_platform_are_kept_where_blobs_are(tmp_path: Path) -> None:
    layout = Layout()
    data = tar()
    platform = {"os": "windows", "architecture": "amd64", "os.version": "10.0.1", "os.features": ["win32k"]}
    settings = layout.blob(to_json({**config([data]), **platform}), "application/vnd.oci.image.config.v1+json")
    layer = {**layout.layer(data), "annotations": {"containerd.io/snapshot/stargz/toc.digest": "sha256:" + "1" * 64}}
    subject = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:" + "2" * 64, "size": 7}
    manifest = layout.manifest(settings, [layer], subject=subject, annotations={"a": "b"})
    top = layout.blob(manifest, "application/vnd.oci.image.manifest.v1+json", platform=platform)
    _, kept = _converted(tmp_path, layout.files(top), "--to", "oci-layout")
    index, document = _documents(kept)
    assert document["layers"][0]["annotations"] == layer["annotations"]
    assert document["subject"] == subject
    assert document["annotations"] == {"a": "b"}
    assert index["manifests"][0]["platform"] == platform
    assert index["manifests"][0]["digest"] == top["digest"], "nothing is new, so the manifest is the same"
    shutil.rmtree(kept)
    _, again = _converted(tmp_path, layout.files(top), "--to", "oci-layout", "--compress", "zstd")
    _, document = _documents(again)
    assert "annotations" not in document["layers"][0], "they were about the blob that is no more"
    assert document["subject"] == subject


MULTI = SAMPLES / "toolbox-multi-platform.tar"


def test_which_platform_was_taken_is_told(tmp_path: Path) -> None:
    done = ocianalyze("convert", MULTI, "-o", tmp_path / "one.tar")
    assert done.returncode == 0, done.stderr
    assert b"--all-platforms writes all of them" in done.stderr


def test_all_platforms_are_written_under_one_index(tmp_path: Path) -> None:
    done = ocianalyze("convert", MULTI, "-o", tmp_path / "all.tar", "--all-platforms", "--compress", "none")
    assert done.returncode == 0, done.stderr
    for platform in ("linux/amd64", "linux/arm64"):
        assert platform in done.stderr.decode()
        options = LoadOptions(platform=platform)
        old, new = load_image(str(MULTI), options=options), load_image(str(tmp_path / "all.tar"), options=options)
        assert new.diff_ids == old.diff_ids
        assert new.names == old.names
        assert {layer.compression for layer in new.layers} == {"none"}
    if shutil.which("skopeo") is not None:
        run("skopeo", "inspect", "--raw", f"oci-archive:{tmp_path / 'all.tar'}")


@pytest.mark.parametrize("options", [["--to", "docker-archive"], ["--platform", "linux/amd64"]])
def test_all_platforms_need_a_form_that_holds_them(tmp_path: Path, options: list[str]) -> None:
    done = ocianalyze("convert", MULTI, "-o", tmp_path / "all.tar", "--all-platforms", *options)
    assert done.returncode == 2
    assert not (tmp_path / "all.tar").exists()
