"""Every layout of an archive gives the same layers, and what each tells of its image."""

from __future__ import annotations

import tarfile
from collections.abc import Callable

import pytest

from tests.archive_builders import (
    OCI_CONFIG,
    OCI_LAYER,
    OCI_MANIFEST,
    Files,
    Layout,
    config,
    digest,
    docker_25_files,
    docker_files,
    from_json,
    legacy_files,
    oci_files,
    pack,
    skopeo_dir_files,
    to_json,
)
from tests.compressing import COMPRESS, gzipped
from tests.loading.loader import Loader, paths
from tests.loading.samples import APP, BASE, EXPECTED
from tests.tar_builders import layer_tar

MAKERS: dict[str, Callable[..., Files]] = {
    "docker save": docker_files,
    "docker save 25": docker_25_files,
    "docker save 1.9": legacy_files,
    "oci gzip": oci_files,
    "oci zstd": lambda *tars: oci_files(*tars, compression="zstd"),
    "oci plain": lambda *tars: oci_files(*tars, compression="none"),
    "skopeo dir": skopeo_dir_files,
}


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("place", ["tar", "directory"])
def test_every_layout_gives_the_same_layers(load: Loader, maker: str, place: str) -> None:
    files = MAKERS[maker](BASE, APP)
    image = load(files) if place == "tar" else load.from_directory(files)
    assert paths(image) == EXPECTED
    assert [layer.diff_id for layer in image.layers] == [digest(BASE), digest(APP)]
    assert [layer.tar_size for layer in image.layers] == [len(BASE), len(APP)]
    assert [layer.index for layer in image.layers] == [0, 1]
    assert image.layout == ("docker-" if "docker" in maker else "oci-") + ("archive" if place == "tar" else "layout")
    assert str(image.platform) == "linux/amd64"
    assert image.notices == ()
    if place == "tar":
        assert image.archive_size == load.path.stat().st_size


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("outer", ["gzip", "zstd", "bzip2", "xz"])
def test_the_archive_itself_may_be_compressed(load: Loader, maker: str, outer: str) -> None:
    packed = COMPRESS[outer](pack(MAKERS[maker](BASE, APP)))
    image = load(packed)
    assert paths(image) == EXPECTED
    assert image.archive_size == len(packed)


@pytest.mark.parametrize("dialect", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
@pytest.mark.parametrize("folder", ["", "./", "/"])
def test_the_outer_tar_may_spell_names_its_own_way(load: Loader, dialect: int, folder: str) -> None:
    assert paths(load(pack(docker_25_files(BASE, APP), folder=folder, format=dialect))) == EXPECTED


def test_chain_ids_and_names_of_a_docker_archive(load: Loader) -> None:
    files = docker_files(BASE, APP, tags=("example:1", "example:latest"))
    image = load(files)
    assert image.names == ("example:1", "example:latest")
    assert image.layers[0].chain_id == digest(BASE)
    assert image.layers[1].chain_id == digest(f"{digest(BASE)} {digest(APP)}".encode())
    assert image.digest is None
    assert f"{image.config_digest}.json".removeprefix("sha256:") in files
    assert image.layers[0].digest is None
    assert image.layers[0].blob.endswith("/layer.tar")


def test_an_untagged_docker_archive_has_no_names(load: Loader) -> None:
    assert load(docker_files(BASE, tags=None)).names == ()


def test_an_oci_archive_has_its_manifest_digest_and_sizes(load: Loader) -> None:
    files = oci_files(BASE, APP)
    image = load(files)
    [listed] = from_json(files["index.json"])["manifests"]
    assert image.names == ("latest",)
    assert image.digest == listed["digest"]
    assert image.config_digest == from_json(files[f"blobs/sha256/{listed['digest'][7:]}"])["config"]["digest"]
    layer = image.layers[0]
    assert layer.digest == digest(gzipped(BASE))
    assert (layer.blob_size, layer.compression) == (len(gzipped(BASE)), "gzip")
    assert layer.media_type == OCI_LAYER + "+gzip"


def test_annotations_of_the_manifest_are_sorted_by_key(load: Loader) -> None:
    layout = Layout()
    notes = {"z": "last", "a": "first", "m": "middle"}
    settings = layout.blob(to_json(config([BASE])), OCI_CONFIG)
    data = layout.manifest(settings, [layout.layer(BASE, "gzip")], annotations=notes)
    assert load(layout.files(layout.blob(data, OCI_MANIFEST))).annotations == tuple(sorted(notes.items()))


def test_a_layout_directory_counts_what_the_image_uses(load: Loader) -> None:
    layout = Layout()
    layout.image(layer_tar(("other", b"x" * 5000)))
    others = set(layout.blobs)
    files = layout.files(layout.image(BASE))
    used = [data for name, data in layout.blobs.items() if name not in others and isinstance(data, bytes)]
    assert len(used) == 3
    assert load.from_directory(files).archive_size == sum(map(len, used))
