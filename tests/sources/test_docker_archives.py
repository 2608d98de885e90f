"""What docker save has written over the years: links between layers, layers in the wrong order, the oldest form."""

from __future__ import annotations

import json
import threading

import pytest

from ocianalyze.loading.scan_layer import LayerScan
from ocianalyze.loading.scheduling import LayerJob
from ocianalyze.model.scanned import ScannedLayer
from tests.archive_builders import (
    OCI_CONFIG,
    OCI_LAYER,
    Files,
    Layout,
    Link,
    changed,
    config,
    digest,
    docker_25_files,
    docker_files,
    from_json,
    legacy_files,
    oci_files,
    to_json,
)
from tests.loading.loader import Loader, codes, paths
from tests.loading.samples import APP, BASE, EXPECTED


def test_a_layer_tar_that_links_to_another_layers_is_read_and_scanned_once(
    load: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = docker_files(BASE, APP, BASE)
    first, last = (name for name, data in files.items() if data == BASE)
    files[last] = Link(f"../{first}")
    scans = _count_scans(monkeypatch)
    image = load(files)
    assert paths(image) == [*EXPECTED, EXPECTED[0]]
    assert len(scans) == 2
    assert image.layers[2].entries is image.layers[0].entries


@pytest.mark.parametrize("hard", [True, False])
def test_links_may_come_before_their_targets_and_in_chains(load: Loader, hard: bool) -> None:
    files = docker_files(BASE)
    name = next(name for name, data in files.items() if data == BASE)
    rest = {key: data for key, data in files.items() if key != name}
    chain: Files = {name: Link("a/b", hard) if hard else Link("../a/b"), "a/b": Link("/c"), "c": BASE}
    assert paths(load({**chain, **rest})) == [EXPECTED[0]]


def test_a_layer_listed_twice_is_replayed_twice_and_scanned_once(load: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    scans = _count_scans(monkeypatch)
    image = load(oci_files(BASE, APP, BASE))
    assert paths(image) == [*EXPECTED, EXPECTED[0]]
    assert [layer.index for layer in image.layers] == [0, 1, 2]
    assert len(scans) == 2


def _count_scans(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    scans: list[int] = []

    real = LayerScan.__call__

    def counted(scan: LayerScan, job: LayerJob, stop: threading.Event) -> ScannedLayer:
        scans.append(job.index)
        return real(scan, job, stop)

    monkeypatch.setattr(LayerScan, "__call__", counted)
    return scans


def test_docker_25_with_the_wrong_order_in_the_oci_manifest_is_read_in_the_configs_order(load: Loader) -> None:
    image = load(docker_25_files(BASE, APP, order=[1, 0]))
    assert paths(image) == EXPECTED
    assert codes(image) == ["manifests-disagree"]
    assert image.names == ("example:1",)


@pytest.mark.parametrize("verify", [True, False])
def test_docker_25_with_the_wrong_order_in_manifest_json_is_read_in_the_configs_order(
    load: Loader, verify: bool
) -> None:
    files = docker_25_files(BASE, APP)
    files = changed(files, "manifest.json", lambda value: [{**value[0], "Layers": value[0]["Layers"][::-1]}])
    image = load(files, verify=verify)
    assert paths(image) == EXPECTED
    assert sorted(codes(image)) == ["layer-order", "manifests-disagree"]
    assert [step.history.created_by for step in image.history] == ["RUN step 0", "RUN step 1"]


def test_an_oci_archive_with_its_layers_in_the_wrong_order_is_read_in_the_configs_order(load: Loader) -> None:
    layout = Layout()
    settings = layout.blob(to_json(config([BASE, APP])), OCI_CONFIG)
    data = layout.manifest(settings, [layout.layer(APP), layout.layer(BASE)])
    image = load(layout.files(layout.blob(data, "")))
    assert paths(image) == EXPECTED
    assert codes(image) == ["layer-order"]


def test_docker_25_is_one_image_with_the_manifests_digest_and_media_types(load: Loader) -> None:
    files = docker_25_files(BASE, APP)
    image = load(files)
    [listed] = from_json(files["index.json"])["manifests"]
    assert image.digest == listed["digest"]
    assert image.layers[0].media_type == OCI_LAYER
    assert image.layers[0].digest == digest(BASE)


def test_the_oldest_form_takes_commands_and_times_from_each_layers_json(load: Loader) -> None:
    image = load(legacy_files(BASE, APP))
    assert image.names == ("example:1",)
    assert [step.history.created_by for step in image.history] == ["/bin/sh -c step 0", "/bin/sh -c step 1"]
    assert image.config.created == "2014-01-02T00:00:00Z"


def test_the_oldest_form_without_repositories_finds_the_layer_that_is_nobodys_parent(load: Loader) -> None:
    image = load(legacy_files(BASE, APP, tags={}))
    assert paths(image) == EXPECTED
    assert codes(image) == ["no-table-of-contents"]
    assert paths(load.from_directory(legacy_files(BASE, APP, tags={}))) == EXPECTED


def test_docker_25_by_id_writes_an_index_without_manifests(load: Loader) -> None:
    files = docker_25_files(BASE, APP)
    index = from_json(files["index.json"])
    for text in (b"null", b"[]"):
        listed = json.loads(text)
        by_id = {**files, "index.json": to_json({**index, "manifests": listed})}
        image = load(changed(by_id, "manifest.json", lambda value: [{**value[0], "RepoTags": None}]))
        assert (paths(image), image.names, codes(image)) == (EXPECTED, (), [])


def test_keys_of_manifest_json_are_read_in_any_case(load: Loader) -> None:
    files = docker_files(BASE)
    lower = changed(files, "manifest.json", lambda value: [{key.lower(): part for key, part in value[0].items()}])
    assert load(lower).names == ("example:1",)
