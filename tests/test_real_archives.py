"""Archives that real tools wrote, in the folder that OCIANALYZE_TEST_IMAGES names: what they hold, and dive's totals.

None is needed to test the project; each case is skipped where its file is absent.
"""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from blake3 import blake3

from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.blobs.decompress import inflate, sniff
from ocianalyze.errors import AmbiguousImageError, DigestMismatchError, DocumentError, OcianalyzeError
from ocianalyze.loading.options import LoadOptions
from ocianalyze.model.entry import EntryKind
from ocianalyze.model.image import Image
from tests.loading.loader import complaint, load_image
from tests.tar.scanning import scan

FOLDER = os.environ.get("OCIANALYZE_TEST_IMAGES")
"""None: the repository has no such archives, and nothing outside it is looked at unasked."""


def real(name: str) -> str:
    if FOLDER is None:
        pytest.skip("OCIANALYZE_TEST_IMAGES names no folder of real archives")
    path = Path(FOLDER) / name
    if not path.is_file():
        pytest.skip(f"{name} is not in OCIANALYZE_TEST_IMAGES")
    return str(path)


def load(name: str, *, image: str | None = None, verify: bool = True) -> Image:
    return load_image(real(name), options=LoadOptions(image=image, verify=verify))


def test_a_docker_archive_with_attestation_by_containerd() -> None:
    image = load("containerd-attestation.tar")
    assert len(image.layers) == 1
    assert image.layers[0].compression == "gzip"
    assert str(image.platform).startswith("linux/")


def test_two_images_of_crane_in_one_file() -> None:
    with complaint(AmbiguousImageError, "2 images"):
        load("crane-bundle-two-images.tar")
    first, second = (load("crane-bundle-two-images.tar", image=number) for number in "01")
    assert first.names != second.names
    assert len(first.layers) == len(second.layers) == 1


def test_layers_that_link_between_images_of_bazel() -> None:
    images = [load("crane-link.tar", image=number) for number in "01"]
    assert [image.names for image in images] == [
        ("bazel/v1/tarball:test_image_1",),
        ("bazel/v1/tarball:test_image_3",),
    ]
    assert all(layer.tar_size for image in images for layer in image.layers)


def test_an_image_for_arm() -> None:
    image = load("docker-oci-busybox-armv7.tar")
    assert str(image.platform) == "linux/arm/v7"
    assert image.digest is not None


def test_an_archive_that_is_compressed_outside() -> None:
    image = load("docker-save-alpine-310.tar.gz")
    assert image.names == ("alpine:3.10",)
    assert any(entry.path == "etc/alpine-release" for entry in image.layers[0].entries)


def test_a_layer_that_links_to_anothers() -> None:
    image = load("docker-save-symlinked-layer.tar")
    assert len(image.layers) == 9
    by_content: dict[str, list[int]] = {}
    for layer in image.layers:
        by_content.setdefault(layer.diff_id, []).append(layer.index)
    shared = [group for group in by_content.values() if len(group) > 1]
    assert shared
    for group in shared:
        assert all(image.layers[index].entries is image.layers[group[0]].entries for index in group)


def test_the_old_form() -> None:
    with_choices = real("docker-save-v1.1.tar")
    with complaint(AmbiguousImageError, "images"):
        load_image(with_choices)
    assert load_image(with_choices, options=LoadOptions(image="0")).layers


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("docker-save-nginx.tar", DocumentError, "3 diff IDs, and the manifest 1 layer"),
        ("docker-save-windows.tar", DigestMismatchError, "the diff ID"),
    ],
)
def test_archives_cut_down_by_hand(name: str, kind: type[OcianalyzeError], words: str) -> None:
    """Their configs claim other layers: verification says so, and without it what is there is read."""
    with complaint(kind, words, "verify=False"):
        load(name)
    assert load(name, verify=False).layers[0].entries


# dive: efficiency, bytes wasted, layers, bytes
DIVE = {
    "crane-whiteout.tar": (0.5, 4, 3, 8),
    "docker-save-symlinked-layer.tar": (1.0, 0, 9, 1_219_813),
    "containerd-attestation.tar": (1.0, 0, 1, 4_042_174),
    "jib-busybox.tar": (1.0, 0, 2, 1_223_906),
}


@pytest.mark.parametrize("name", DIVE)
def test_dives_own_numbers(name: str) -> None:
    efficiency, wasted, layers, size = DIVE[name]
    analysis = analyze(load(name))
    assert len(analysis.image.layers) == layers
    assert sum(entry.size for layer in analysis.image.layers for entry in layer.entries) == size
    assert analysis.dive.efficiency_score == pytest.approx(efficiency)
    assert analysis.dive.inefficient_bytes == wasted


@pytest.mark.parametrize("name", ["layer-tar-sparse-gnu.tar", "layer-tar-sparse-pax-1.0.tar"])
def test_sparse_tars(name: str) -> None:
    path = Path(real(name))
    with tarfile.open(path) as archive:
        expected = {}
        for member in archive:
            content = archive.extractfile(member)
            assert content is not None
            expected[member.name] = (member.size, blake3(content.read()).digest())
    assert {entry.path: (entry.size, entry.content) for entry in scan(path.read_bytes()).entries} == expected


@pytest.mark.parametrize(
    "name",
    [
        "containerd-attestation.tar",
        "docker-oci-busybox-armv7.tar",
        "docker-save-alpine-310.tar.gz",
        "docker-save-hello-world.tar",
        "docker-save-symlinked-layer.tar",
        "jib-busybox.tar",
        "oci-archive-busybox.tar",
        "crane-whiteout.tar",
    ],
)
def test_every_file_of_every_layer_is_what_tarfile_reads(name: str) -> None:
    image = load(name)
    with tarfile.open(real(name)) as outer:
        for layer in image.layers:
            assert layer.tar_size % 512 == 0
            blob = outer.extractfile(layer.blob)
            assert blob is not None
            data = blob.read()
            tar_data = b"".join(inflate(iter([data]), sniff(data[:512]), on_trailing=lambda _: None))
            assert list(_files(tar_data)) == [
                (entry.path, entry.size, entry.content) for entry in layer.entries if entry.kind is EntryKind.FILE
            ]


def _files(tar_data: bytes) -> Iterator[tuple[str, int, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(tar_data)) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isreg() else None
            if content and not Path(member.name).name.startswith(".wh."):
                yield member.name.removeprefix("./"), member.size, blake3(content.read()).digest()
