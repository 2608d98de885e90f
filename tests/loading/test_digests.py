"""Digests and sizes: what does not agree with them, what cannot be checked, and which digests there are."""

from __future__ import annotations

import gzip
import hashlib
from typing import Any

import pytest

from ocianalyze.errors import DigestMismatchError, DocumentError, UsageError
from tests.archive_builders import (
    AMD64,
    OCI_CONFIG,
    OCI_MANIFEST,
    Files,
    Layout,
    Link,
    changed,
    config,
    digest,
    docker_files,
    from_json,
    hexdigest,
    named,
    oci_files,
    to_json,
)
from tests.compressing import gzipped
from tests.loading.loader import Loader, codes, complaint, paths
from tests.loading.samples import APP, BASE, blob_name, with_layer
from tests.tar_builders import layer_tar


def test_a_changed_blob_is_told_by_its_digest_before_anything_else(load: Loader) -> None:
    files = oci_files(BASE, APP)
    name = blob_name(files, APP)
    files[name] = gzipped(layer_tar(("app/evil", b"")))
    with complaint(DigestMismatchError, "layer 1", "the blob", f"sha256:{name[-64:]}", "verify=False"):
        load(files)
    assert paths(load(files, verify=False))[1] == ["app/evil"]


def test_a_blob_that_was_replaced_by_half_a_tar_is_told_by_its_size_or_digest(load: Loader) -> None:
    layout = Layout()
    layer = layout.layer(APP, "none")
    data = layout.manifest(layout.blob(to_json(config([APP])), OCI_CONFIG), [layer])
    files = layout.files(layout.blob(data, OCI_MANIFEST))
    half = APP[:513]
    files[blob_name(files, APP)] = half
    with complaint(DigestMismatchError, "layer 0", "the size of the blob", f"{len(half):,} bytes", "verify=False"):
        load(files)
    files[blob_name(files, half)] = half + bytes(len(APP) - len(half) - 512) + b"x" * 512
    with complaint(DigestMismatchError, "layer 0", "the digest of the blob", digest(APP), "verify=False"):
        load(files)


def test_a_changed_manifest_and_a_changed_config_are_told_apart(load: Loader) -> None:
    layout = Layout()
    settings = layout.blob(to_json(config([BASE])), OCI_CONFIG)
    top = layout.blob(layout.manifest(settings, [layout.layer(BASE)]), OCI_MANIFEST)
    files = layout.files(top)
    for descriptor, what in ((top, "the size of the manifest"), (settings, "the size of the config")):
        name = f"blobs/sha256/{descriptor['digest'][7:]}"
        with complaint(DigestMismatchError, what):
            load({**files, name: to_json({**from_json(files[name]), "more": 1})})


@pytest.mark.parametrize("size", [0, 1, 10**18])
def test_a_wrong_size_is_an_error(load: Loader, size: int) -> None:
    with complaint(DigestMismatchError, "layer 1", "size of the blob", f"{size:,} bytes"):
        load(with_layer(BASE, BASE, size=size))
    assert load(with_layer(BASE, BASE, size=size), verify=False).layers[1].blob_size == len(BASE)


def test_a_wrong_diff_id_is_an_error(load: Loader) -> None:
    files = docker_files(BASE, APP)
    files[blob_name(files, APP)] = layer_tar(("other", b""))
    with complaint(DigestMismatchError, "layer 1", "the diff ID", digest(APP)):
        load(files)
    assert paths(load(files, verify=False))[1] == ["other"]


def test_two_layers_that_are_links_to_one_blob_are_both_verified(load: Loader) -> None:
    """A member may be a link, so one scan must not answer for two digests."""
    layout = Layout()
    first, second = layout.layer(BASE, "none"), layout.layer(APP, "none")
    data = layout.manifest(layout.blob(to_json(config([BASE, BASE])), OCI_CONFIG), [first, second])
    files = layout.files(layout.blob(data, OCI_MANIFEST))
    files[blob_name(files, APP)] = Link(blob_name(files, BASE).rpartition("/")[2])
    with complaint(DigestMismatchError, "layer 1", "the blob"):
        load(files)


def test_more_or_fewer_diff_ids_than_layers(load: Loader) -> None:
    files = docker_files(BASE, APP, rootfs={"diff_ids": [digest(BASE)]})
    with complaint(DocumentError, "1 diff ID, ", "2 layers", "config.rootfs.diff_ids", "verify=False"):
        load(files)
    assert len(load(files, verify=False).layers) == 2


def test_digests_that_cannot_be_checked(load: Loader) -> None:
    blake = "blake3:" + "0" * 64
    with complaint(DocumentError, "blake3", "verify=False"):
        load(docker_files(BASE, rootfs={"diff_ids": [blake]}))
    assert load(docker_files(BASE, rootfs={"diff_ids": [blake]}), verify=False).layers[0].diff_id == blake


def test_a_config_named_by_another_digest_is_a_notice(load: Loader) -> None:
    files = docker_files(BASE)
    old = next(name for name in files if name.count("/") == 0 and name != "manifest.json")
    files[f"{'0' * 64}.json"] = files.pop(old)
    renamed = changed(files, "manifest.json", lambda value: [{**value[0], "Config": f"{'0' * 64}.json"}])
    assert codes(load(renamed)) == ["config-name"]


def test_asking_for_an_unknown_content_digest(load: Loader) -> None:
    with complaint(UsageError, "'md5'", "blake3 or sha256"):
        load(docker_files(BASE), content_algorithm="md5")


def test_sha512_digests_are_verified(load: Loader) -> None:
    def sha512(data: bytes) -> str:
        return hashlib.sha512(data).hexdigest()

    blob = gzip.compress(BASE, mtime=0)
    files: Files = {}

    def put(data: bytes) -> dict[str, Any]:
        files[f"blobs/sha512/{sha512(data)}"] = data
        return {"mediaType": "", "digest": f"sha512:{sha512(data)}", "size": len(data)}

    settings = put(to_json({**AMD64, "rootfs": {"diff_ids": [f"sha512:{sha512(BASE)}"]}}))
    top = put(to_json({"schemaVersion": 2, "config": settings, "layers": [put(blob)]}))
    image = load({**files, "index.json": to_json({"manifests": [named(top, "x")]})})
    assert image.layers[0].diff_id == f"sha512:{sha512(BASE)}"
    files[f"blobs/sha512/{sha512(blob)}"] = gzip.compress(BASE, mtime=1)
    with complaint(DigestMismatchError, "the digest of the blob", sha512(blob)):
        load({**files, "index.json": to_json({"manifests": [named(top, "x")]})})


def test_other_content_digests_can_be_asked_for(load: Loader) -> None:
    image = load(docker_files(layer_tar(("f", b"abc"))), content_algorithm="sha256")
    assert image.layers[0].content_algorithm == "sha256"
    assert (image.layers[0].entries[0].content or b"").hex() == hexdigest(b"abc")
