"""Blobs that are missing, foreign, encrypted, or compressed in a way that is not read."""

from __future__ import annotations

import pytest

from ocianalyze.errors import CorruptLayerError, MissingBlobError, UnsupportedCompressionError, UnsupportedLayerError
from tests.archive_builders import (
    OCI_CONFIG,
    OCI_LAYER,
    OCI_MANIFEST,
    Layout,
    config,
    digest,
    docker_25_files,
    docker_files,
    from_json,
    oci_files,
    to_json,
)
from tests.compressing import COMPRESS
from tests.loading.loader import Loader, codes, complaint, paths
from tests.loading.samples import APP, BASE, EXPECTED, blob_name, with_layer
from tests.tar_builders import member, tar


def test_a_missing_layer_is_named_and_partial_reads_the_rest(load: Loader) -> None:
    for maker in (oci_files, docker_files, docker_25_files):
        files = maker(BASE, APP)
        name = blob_name(files)
        del files[name]
        with complaint(MissingBlobError, "layer 0", name, "partial=True"):
            load(files)
        image = load(files, partial=True)
        assert paths(image) == [[], EXPECTED[1]]
        assert [layer.missing for layer in image.layers] == [True, False]
        assert [layer.diff_id for layer in image.layers] == [digest(BASE), digest(APP)]
        assert codes(image) == ["layer-missing"]


def test_a_foreign_layer_says_where_it_is_to_be_had(load: Loader) -> None:
    layout = Layout()
    foreign = {
        "mediaType": f"{OCI_LAYER.replace('.v1', '.nondistributable.v1')}+gzip",
        "digest": digest(b"windows"),
        "size": 10**9,
        "urls": ["https://example.com/base"],
    }
    settings = layout.blob(to_json(config([b"windows", APP])), OCI_CONFIG)
    files = layout.files(layout.blob(layout.manifest(settings, [foreign, layout.layer(APP)]), OCI_MANIFEST))
    with complaint(MissingBlobError, "layer 0", "foreign layer", "https://example.com/base", "partial=True"):
        load(files)
    image = load(files, partial=True)
    assert (image.layers[0].missing, image.layers[0].blob_size) == (True, 10**9)


def test_a_missing_config_or_manifest_is_named(load: Loader) -> None:
    files = docker_files(BASE)
    name = next(name for name in files if "/" not in name and name != "manifest.json")
    without = {key: data for key, data in files.items() if key != name}
    with complaint(MissingBlobError, name, "config"):
        load(without)
    layout = Layout()
    image = layout.image(BASE)
    del layout.blobs[f"blobs/sha256/{image['digest'][7:]}"]
    with complaint(MissingBlobError, "does not hold", image["digest"]):
        load(layout.files(image))


def test_an_empty_name_is_told_as_one(load: Loader) -> None:
    for broken in ({"Config": ""}, {"Layers": [""]}):
        files = docker_files(BASE)
        [image] = from_json(files["manifest.json"])
        files["manifest.json"] = to_json([{**image, **broken}])
        with complaint(MissingBlobError, "holds no blob with an empty name"):
            load(files)
        with complaint(MissingBlobError, "holds no blob with an empty name"):
            load.from_directory(files)


def test_an_encrypted_layer_is_named(load: Loader) -> None:
    with complaint(UnsupportedCompressionError, "layer 1", "encrypted", "decrypt"):
        load(with_layer(b"secret" * 99, BASE, mediaType=OCI_LAYER + "+gzip+encrypted"))


UNREAD = {
    "lz4": b"\x04\x22\x4d\x18",
    "compress": b"\x1f\x9d\x90",
    "lzip": b"LZIP\x01",
    "snappy": b"\xff\x06\x00\x00sNaPpY",
    "lzop": b"\x89LZO\x00\r\n",
    "7-Zip": b"7z\xbc\xaf\x27\x1c",
    "zip": b"PK\x03\x04",
}


OTHER_FORMATS = {
    "erofs": (bytes(1024) + b"\xe2\xe1\xf5\xe0" + bytes(3068), "an erofs file system"),
    "squashfs": (b"hsqs" + bytes(4092), "a squashfs file system"),
    "ext4": (bytes(1080) + b"\x53\xef" + bytes(3000), "an ext4 file system"),
    "btrfs": (bytes(65600) + b"_BHRfS_M" + bytes(3000), "a btrfs file system"),
    "qcow": (b"QFI\xfb\0\0\0\3" + bytes(4088), "a qcow disk image"),
    "nydus": (b"chunks" * 1000, "a blob of nydus"),
    "cpio": (b"070701" + b"0" * 104, "a cpio archive"),
    "an error page": (b"<!DOCTYPE html><title>404</title>", "a web page"),
}
MEDIA_TYPES = {
    "erofs": "application/vnd.erofs.layer.v1",
    "squashfs": "application/vnd.stacker.image.layer.squashfs+zstd+verity",
    "nydus": "application/vnd.oci.image.layer.nydus.blob.v1",
}


@pytest.mark.parametrize("compression", ["none", "gzip"])
@pytest.mark.parametrize("name", OTHER_FORMATS)
def test_a_layer_that_is_no_tar_is_named(load: Loader, name: str, compression: str) -> None:
    data, words = OTHER_FORMATS[name]
    media_type = MEDIA_TYPES.get(name, OCI_LAYER)
    layout = Layout()
    settings = layout.blob(to_json(config([BASE, data])), OCI_CONFIG)
    layers = [layout.layer(BASE), layout.layer(data, compression, media_type=media_type)]
    files = layout.files(layout.blob(layout.manifest(settings, layers), OCI_MANIFEST))
    with complaint(UnsupportedLayerError, "layer 1", f"it is {words} (media type {media_type})", "layers of tar"):
        load(files)


def test_a_tar_of_an_odd_media_type_or_of_an_odd_name_is_a_tar(load: Loader) -> None:
    data = tar(member(b"hsqs", b"1"), member(b"{", b"2"))
    layout = Layout()
    settings = layout.blob(to_json(config([data])), OCI_CONFIG)
    layer = layout.layer(data, "none", media_type=MEDIA_TYPES["nydus"])
    image = load(layout.files(layout.blob(layout.manifest(settings, [layer]), OCI_MANIFEST)))
    assert paths(image) == [["hsqs", "{"]]


@pytest.mark.parametrize("name", UNREAD)
def test_a_compression_that_is_not_read_is_named(load: Loader, name: str) -> None:
    with complaint(UnsupportedCompressionError, "layer 1", f"compressed with {name}", "gzip or zstd"):
        load(with_layer(UNREAD[name] + bytes(2000), BASE))


def test_a_layer_of_anything_else_is_no_tar(load: Loader) -> None:
    with complaint(CorruptLayerError, "layer 1", "no valid tar header at byte 0"):
        load(with_layer(b"anything" * 200, BASE))


@pytest.mark.parametrize(("inner", "outer"), [("gzip", "gzip"), ("zstd", "gzip"), ("gzip", "zstd"), ("xz", "bzip2")])
def test_a_layer_that_is_compressed_twice_is_told_as_that(load: Loader, inner: str, outer: str) -> None:
    for layer in (BASE, BASE + bytes(range(256)) * 40):
        twice = COMPRESS[outer](COMPRESS[inner](layer))
        with complaint(CorruptLayerError, "layer 1", f"compressed twice: there is {inner} inside the {outer}"):
            load(with_layer(twice, BASE), verify=False)


def test_a_damaged_tar_inside_one_compression_is_not_called_compressed_twice(load: Loader) -> None:
    with complaint(CorruptLayerError, "layer 1", "no valid tar header at byte 0"):
        load(with_layer(COMPRESS["gzip"](b"x" * 2000), BASE), verify=False)
