"""Indexes that are too deep, too wide, empty, or stand where a manifest should."""

from __future__ import annotations

from ocianalyze.errors import AmbiguousImageError, ArchiveError, DocumentError, LimitExceededError
from ocianalyze.model.limits import ReadLimits
from tests.archive_builders import OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, Files, Layout, changed, docker_files, to_json
from tests.loading.loader import Loader, complaint, paths
from tests.loading.samples import BASE
from tests.tar_builders import layer_tar


def test_indexes_nested_too_deeply(load: Loader) -> None:
    layout = Layout()
    top = layout.image(BASE)
    for _ in range(9):
        top = layout.index(top)
    with complaint(LimitExceededError, "nested deeper than 8", "ReadLimits(depth="):
        load(layout.files(top))
    assert paths(load(layout.files(top), limits=ReadLimits(depth=9))) == [["etc/os-release", "bin/sh"]]


def test_an_index_that_lists_itself_ends_at_the_depth_limit(load: Loader) -> None:
    name = "0" * 64
    itself = {"mediaType": OCI_INDEX, "digest": f"sha256:{name}", "size": 1}
    files: Files = {f"blobs/sha256/{name}": to_json({"manifests": [itself]})}
    with complaint(LimitExceededError, "nested deeper than 8"):
        load({**files, "index.json": to_json({"manifests": [itself]})}, verify=False)
    files = {f"blobs/sha256/{name}": to_json({"manifests": [itself] * 50})}
    with complaint(LimitExceededError, "8"):
        load({**files, "index.json": to_json({"manifests": [itself]})}, verify=False)


def test_an_index_that_multiplies_is_stopped_by_the_number_of_images(load: Loader) -> None:
    layout = Layout()
    top = layout.image(BASE)
    for _ in range(6):
        top = layout.index(*[top] * 100)
    with complaint(LimitExceededError, "more than 10,000 images", "ReadLimits(manifests="):
        load(layout.files(top))
    with complaint(LimitExceededError, "more than 10,000", "ReadLimits(manifests="):
        load(changed(docker_files(BASE), "manifest.json", lambda value: value * 10_001))


def test_indexes_of_many_bytes_count_as_many_images(load: Loader) -> None:
    layout = Layout()
    image = layout.image(BASE)
    fat = [
        layout.blob(to_json({"manifests": [image], "annotations": {str(number): "x" * 1_000_000}}), OCI_INDEX)
        for number in range(5)
    ]
    with complaint(LimitExceededError, "more than 1,000 images", "ReadLimits(manifests="):
        load(layout.files(*fat), limits=ReadLimits(manifests=1000))
    assert load(layout.files(*fat[:3]), limits=ReadLimits(manifests=1000)).layers


def test_a_layer_listed_many_times_counts_each_time(load: Loader) -> None:
    layout = Layout()
    layer = layout.layer(layer_tar(*[(f"f{number}", b"") for number in range(50)]))
    data = layout.manifest(layout.blob(to_json({"os": "linux"}), OCI_CONFIG), [layer] * 900)
    with complaint(LimitExceededError, "more than 40,000 entries", "ReadLimits(entries="):
        load(layout.files(layout.blob(data, OCI_MANIFEST)), limits=ReadLimits(entries=40_000))


def test_an_empty_index_and_an_index_of_attestations(load: Loader) -> None:
    layout = Layout()
    with complaint(ArchiveError, "lists no image"):
        load(layout.files())
    with complaint(ArchiveError, "lists no image"):
        load({**docker_files(BASE), "manifest.json": b"[]"})
    with complaint(ArchiveError, "lists no image"):
        load({"repositories": b"{}"})
    attestation = layout.attestation(layout.image(BASE))
    with complaint(ArchiveError, "this is an in-toto attestation"):
        load(layout.files(attestation))
    chart = layout.blob(
        layout.manifest(layout.blob(b"{}", "application/vnd.cncf.helm.config.v1+json"), []), OCI_MANIFEST
    )
    with complaint(ArchiveError, "there is no image, only 1 attestation, 1 Helm chart"):
        load(layout.files(attestation, chart))


def test_an_index_where_a_manifest_should_be(load: Loader) -> None:
    layout = Layout()
    top = {**layout.index(layout.image(BASE)), "mediaType": OCI_MANIFEST}
    with complaint(DocumentError, "is an index", "manifest"):
        load(layout.files(top))


def test_a_long_list_of_choices_is_cut(load: Loader) -> None:
    files = changed(
        docker_files(BASE), "manifest.json", lambda v: [{**v[0], "Layers": v[0]["Layers"] * n} for n in range(500)]
    )
    with complaint(AmbiguousImageError, "500 images", "and 480 more", "image="):
        load(files)
