"""What is no container image, or none that is there: files and directories of every other kind, and artifacts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.errors import ArchiveError, UsageError
from ocianalyze.loading.options import LoadOptions
from tests.archive_builders import (
    OCI_CONFIG,
    OCI_MANIFEST,
    Files,
    Layout,
    digest,
    docker_files,
    oci_files,
    pack,
    skopeo_dir_files,
    to_json,
)
from tests.compressing import gzipped, zstd_compressed
from tests.loading.loader import Loader, complaint, load_image
from tests.loading.samples import BASE
from tests.tar_builders import layer_tar

NO_ARCHIVES: dict[str, tuple[bytes, str]] = {
    "an empty file": (b"", "is empty"),
    "one byte": (b"x", "is not a tar archive"),
    "text": (b"FROM scratch\nCOPY . .\n" * 100, "is not a tar archive"),
    "zeros": (bytes(10240), "it is empty"),
    "an ELF file": (b"\x7fELF" + bytes(5000), "is not a tar archive"),
    "a bare file system": (
        layer_tar(("bin/sh", b""), ("etc/passwd", b""), ("usr/x", b"")),
        "it is a root file system, as docker export writes",
    ),
    "a tar of anything": (layer_tar(("readme", b"")), "no manifest.json and no index.json"),
    "a wrapped image": (pack(docker_files(BASE), folder="saved/"), "in the folder saved"),
    "a layout without an index": (
        pack({name: data for name, data in oci_files(BASE).items() if name != "index.json"}),
        "lacks its index.json",
    ),
    "gzip of text": (gzipped(b"hello\n" * 1000), "is not a tar archive"),
    "lz4": (b"\x04\x22\x4d\x18" + bytes(1000), "compressed with lz4"),
    "zip": (b"PK\x03\x04" + bytes(1000), "compressed with zip"),
    "gzip that breaks off": (gzipped(pack(docker_files(BASE)))[:-20], "ends early"),
    "damaged gzip": (gzipped(pack(docker_files(BASE)))[:300] + b"\xff" * 60, "gzip stream"),
    "zstd that breaks off": (zstd_compressed(pack(docker_files(BASE)))[:-20], "the zstd stream ends early"),
    "damaged zstd": (
        b"\xff".join(zstd_compressed(pack(docker_files(BASE))).split(b"\0", 9)),
        "not a valid zstd stream",
    ),
    "only the start of gzip": (b"\x1f\x8b", "ends early"),
}


@pytest.mark.parametrize("case", NO_ARCHIVES)
def test_what_is_no_image_archive_is_told_for_what_it_is(load: Loader, case: str) -> None:
    data, words = NO_ARCHIVES[case]
    with complaint(ArchiveError, words, str(load.path)):
        load(data)


def test_an_empty_path_is_a_mistake_of_the_command_line() -> None:
    with complaint(UsageError, "is empty", "variable"):
        load_image("")


def test_a_path_that_cannot_be_opened(tmp_path: Path) -> None:
    for name, words in {
        "absent.tar": "no such file",
        "x" * 300: "too long",
        "nul\0": "null",
        "file/below": "Not a directory",
    }.items():
        (tmp_path / "file").write_bytes(b"x")
        with complaint(ArchiveError, words):
            load_image(str(tmp_path / name))


def test_an_image_name_instead_of_a_path_is_told_to_be_saved_first() -> None:
    with complaint(ArchiveError, "no such file", "docker save nginx:1.25 -o"):
        load_image("nginx:1.25")


def test_a_directory_without_an_image(tmp_path: Path) -> None:
    with complaint(ArchiveError, "holds no container image", "it is empty"):
        load_image(str(tmp_path))
    (tmp_path / "readme").write_text("x")
    with complaint(ArchiveError, "no manifest.json and no index.json"):
        load_image(str(tmp_path))


def test_a_directory_with_the_image_in_its_only_folder(load: Loader) -> None:
    with complaint(ArchiveError, "in the folder saved"):
        load.from_directory({f"saved/{name}": data for name, data in oci_files(BASE).items()})


def test_schema_1_is_named(load: Loader) -> None:
    old = to_json({"schemaVersion": 1, "name": "a", "fsLayers": [{"blobSum": digest(b"")}], "history": []})
    layout = Layout()
    for files in (layout.files(layout.blob(old, OCI_MANIFEST)), {**skopeo_dir_files(BASE), "manifest.json": old}):
        with complaint(ArchiveError, "schema 1", "v2s2"):
            load(files)


def _artifact(config_type: str, layer_type: str, **more: Any) -> Files:
    layout = Layout()
    settings = layout.blob(b"{}", config_type)
    data = layout.manifest(settings, [layout.blob(b'{"a": 1}', layer_type)], **more)
    return layout.files(layout.blob(data, OCI_MANIFEST))


HELM = "application/vnd.cncf.helm"
ARTIFACTS: dict[str, tuple[Files, str]] = {
    "helm": (_artifact(f"{HELM}.config.v1+json", f"{HELM}.chart.content.v1.tar+gzip"), "a Helm chart"),
    "wasm": (_artifact("application/vnd.wasm.config.v0+json", "application/wasm"), "a WebAssembly module"),
    "cosign": (_artifact(OCI_CONFIG, "application/vnd.dev.cosign.simplesigning.v1+json"), "a cosign signature"),
    "cyclonedx": (_artifact(OCI_CONFIG, "application/vnd.cyclonedx+json"), "a CycloneDX SBOM"),
    "spdx": (_artifact(OCI_CONFIG, "text/spdx+json"), "an SPDX SBOM"),
    "in-toto": (_artifact(OCI_CONFIG, "application/vnd.in-toto+json"), "an in-toto attestation"),
    "notation": (
        _artifact("application/vnd.oci.empty.v1+json", "x", artifactType="application/vnd.cncf.notary.signature"),
        "a notation signature",
    ),
    "oras": (_artifact("application/vnd.unknown.config.v1+json", "text/plain"), "an artifact"),
}


@pytest.mark.parametrize("name", ARTIFACTS)
def test_an_artifact_that_is_no_image_is_told_for_what_it_is(load: Loader, name: str) -> None:
    files, words = ARTIFACTS[name]
    with complaint(ArchiveError, words, "not a container image"):
        load(files)


def test_an_artifact_manifest_without_a_config(load: Loader) -> None:
    layout = Layout()
    old = {
        "mediaType": "application/vnd.oci.artifact.manifest.v1+json",
        "artifactType": "application/spdx",
        "blobs": [],
    }
    with complaint(ArchiveError, "an SPDX SBOM"):
        load(layout.files(layout.blob(to_json(old), OCI_MANIFEST)))


def test_a_failing_disk_is_told_apart_from_a_damaged_archive(load: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    load.path.write_bytes(pack(docker_files(BASE)))
    monkeypatch.setattr(os, "pread", fail)
    with complaint(ArchiveError, "Input/output error", "disk"):
        load_image(str(load.path), options=LoadOptions())
