"""Archives of other tools than docker, and layers compressed in their ways."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from typing import Any

import pytest

from tests.archive_builders import (
    DOCKER,
    DOCKER_MANIFEST,
    OCI_LAYER,
    Files,
    Layout,
    config,
    docker_files,
    hexdigest,
    to_json,
)
from tests.compressing import COMPRESS, gzipped, in_parts, skippable, zstd_compressed
from tests.loading.loader import Loader, codes, paths
from tests.loading.samples import APP, BASE, EXPECTED, one_layer
from tests.tar_builders import layer_tar


def _flat(*tars: bytes, config_name: str, layer_name: Callable[[bytes, bytes], str], pack_layer: str) -> Files:
    settings = to_json(config(tars))
    blobs = [COMPRESS[pack_layer](one) for one in tars]
    names = [layer_name(one, blob) for one, blob in zip(tars, blobs, strict=True)]
    name = config_name.format(hexdigest(settings))
    item = {"Config": name, "RepoTags": ["registry.example/app:2"], "Layers": names}
    return {name: settings, **dict(zip(names, blobs, strict=True)), "manifest.json": to_json([item])}


FLAT: dict[str, dict[str, Any]] = {
    "kaniko, crane, ko": {"config_name": "sha256:{}", "layer_name": lambda _, blob: hexdigest(blob) + ".tar.gz"},
    "bazel rules_docker": {"config_name": "{}.json", "layer_name": lambda one, _: hexdigest(one) + "/layer.tar"},
    "jib": {"config_name": "config.json", "layer_name": lambda _, blob: hexdigest(blob) + ".tar.gz"},
    "skopeo, podman, buildah": {"config_name": "{}.json", "layer_name": lambda one, _: hexdigest(one) + ".tar"},
    "rules_oci": {"config_name": "blobs/sha256/{}", "layer_name": lambda _, blob: "blobs/sha256/" + hexdigest(blob)},
}


@pytest.mark.parametrize("tool", FLAT)
@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_flat_docker_archives_of_other_tools(load: Loader, tool: str, compression: str) -> None:
    image = load(_flat(BASE, APP, pack_layer=compression, **FLAT[tool]))
    assert paths(image) == EXPECTED
    assert image.names == ("registry.example/app:2",)
    assert {layer.compression for layer in image.layers} == {compression}
    assert image.notices == ()


def test_estargz_layers_are_gzip_of_many_members(load: Loader) -> None:
    image = load(one_layer(in_parts(gzipped, BASE, 5) + gzipped(b""), BASE, OCI_LAYER + "+gzip"))
    assert paths(image) == [EXPECTED[0]]
    assert image.layers[0].compression == "gzip"
    assert image.notices == ()


@pytest.mark.parametrize("first", [True, False])
def test_zstd_chunked_layers_have_frames_to_skip(load: Loader, first: bool) -> None:
    frames = in_parts(zstd_compressed, BASE)
    blob = skippable() + frames + skippable(b"footer", 0x184D2A5F) if first else frames + skippable() + skippable()
    image = load(one_layer(blob, BASE, OCI_LAYER + "+zstd"))
    assert paths(image) == [EXPECTED[0]]
    assert image.layers[0].compression == "zstd"
    assert image.notices == ()


@pytest.mark.parametrize("compression", COMPRESS)
@pytest.mark.parametrize("suffix", ["", "+gzip", "+zstd"])
def test_the_bytes_decide_whatever_the_media_type_says(load: Loader, compression: str, suffix: str) -> None:
    image = load(one_layer(COMPRESS[compression](BASE), BASE, OCI_LAYER + suffix))
    assert paths(image) == [EXPECTED[0]]
    assert image.layers[0].compression == compression
    agrees = {"none": "", "gzip": "+gzip", "zstd": "+zstd"}.get(compression) == suffix
    assert codes(image) == ([] if agrees else ["media-type"])


def test_docker_media_types_agree_with_gzip(load: Loader) -> None:
    layout = Layout()
    layer = layout.layer(BASE, "gzip", media_type=f"{DOCKER}.image.rootfs.diff.tar.gzip")
    settings = layout.blob(to_json(config([BASE])), f"{DOCKER}.container.image.v1+json")
    data = layout.manifest(settings, [layer], mediaType=DOCKER_MANIFEST)
    image = load(layout.files(layout.blob(data, DOCKER_MANIFEST)))
    assert codes(image) == []
    assert image.media_type == DOCKER_MANIFEST


@pytest.mark.parametrize("name", ["BZhello", "PK\3\4", "\x1f\x9d", "LZIP.txt"])
def test_a_plain_layer_whose_first_name_looks_like_a_magic_number_is_plain(load: Loader, name: str) -> None:
    tar_data = layer_tar((name, b"x"), format=tarfile.USTAR_FORMAT)
    assert paths(load(docker_files(tar_data))) == [[name]]
