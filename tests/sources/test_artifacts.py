"""What is in an archive beside images: told by kind, attached to what it is about, and never taken for an image."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ocianalyze.errors import AmbiguousImageError, ArchiveError, UsageError
from ocianalyze.model.artifact import Artifact
from tests.archive_builders import (
    ARM64,
    OCI_CONFIG,
    OCI_INDEX,
    OCI_MANIFEST,
    UNKNOWN,
    Layout,
    config,
    named,
    skopeo_dir_files,
    to_json,
)
from tests.cli.run import run
from tests.loading.loader import Loader, codes, complaint, paths
from tests.loading.samples import BASE, EXPECTED

EMPTY = "application/vnd.oci.empty.v1+json"
SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"
Descriptor = dict[str, Any]


def artifact(
    layout: Layout, layer_type: str, *, config_type: str = EMPTY, annotations: Any = None, **more: Any
) -> Descriptor:
    """Store an artifact of one blob; its descriptor, under which an index lists it."""
    settings = layout.blob(to_json(config([b"payload"])) if config_type == OCI_CONFIG else b"{}", config_type)
    notes = {"annotations": annotations} if annotations else {}
    data = layout.manifest(settings, [layout.blob(b'{"payload": 1}', layer_type, **notes)], **more)
    return layout.blob(data, OCI_MANIFEST)


def kinds(attached: tuple[Artifact, ...]) -> list[str]:
    return [one.kind for one in attached]


def about(image: Descriptor) -> Descriptor:
    return {"mediaType": OCI_MANIFEST, "digest": image["digest"], "size": image["size"]}


ATTACHED: dict[str, tuple[Callable[[Layout, Descriptor], Descriptor], str]] = {
    "a subject": (lambda layout, image: artifact(layout, "application/spdx+json", subject=about(image)), "SBOM"),
    "a subject and an artifactType": (
        lambda layout, image: artifact(
            layout,
            "application/octet-stream",
            artifactType="application/vnd.cncf.notary.signature",
            subject=about(image),
        ),
        "signature",
    ),
    "an unknown artifactType": (
        lambda layout, image: artifact(layout, "text/plain", artifactType="x/readme", subject=about(image)),
        "artifact",
    ),
    "a sigstore bundle": (
        lambda layout, image: artifact(
            layout, "application/vnd.dev.sigstore.bundle.v0.3+json", artifactType="x/y", subject=about(image)
        ),
        "sigstore bundle",
    ),
    "cosign's signature by its tag": (
        lambda layout, image: named(
            artifact(layout, SIMPLE_SIGNING, config_type=OCI_CONFIG), f"sha256-{image['digest'][7:]}.sig"
        ),
        "signature",
    ),
    "cosign's attestation by its tag": (
        lambda layout, image: named(
            artifact(layout, "application/vnd.dsse.envelope.v1+json", config_type=OCI_CONFIG),
            f"registry.example/app:sha256-{image['digest'][7:]}.att",
        ),
        "attestation",
    ),
    "cosign's SBOM by its tag": (
        lambda layout, image: named(artifact(layout, "text/plain"), f"sha256-{image['digest'][7:]}.sbom"),
        "SBOM",
    ),
    "what cosign save writes": (
        lambda layout, _: {
            **artifact(layout, SIMPLE_SIGNING, config_type=OCI_CONFIG),
            "annotations": {"kind": "dev.cosignproject.cosign/sigs"},
        },
        "signature",
    ),
    "an attestation of BuildKit": (lambda layout, image: layout.attestation(image), "attestation"),
    "a manifest without a config": (
        lambda layout, image: layout.blob(
            to_json({"artifactType": "application/vnd.cyclonedx", "blobs": [], "subject": about(image)}), OCI_MANIFEST
        ),
        "SBOM",
    ),
}


@pytest.mark.parametrize("how", ATTACHED)
def test_an_artifact_beside_an_image_is_attached_to_it_and_no_image(load: Loader, how: str) -> None:
    make, kind = ATTACHED[how]
    layout = Layout()
    image = layout.image(BASE)
    loaded = load(layout.files(named(image, "app:1"), make(layout, image)))
    assert (paths(loaded), loaded.names, codes(loaded)) == ([EXPECTED[0]], ("app:1",), [])
    assert kinds(loaded.attached) == [kind]
    done = run("verify", str(load.path), "--json")
    assert (done.returncode, done.stdout) == (0, "")
    assert f"1 image, 1 {kind}" in done.stderr


def test_what_is_about_another_image_is_not_attached(load: Loader) -> None:
    layout = Layout()
    amd, arm = layout.image(BASE), layout.image(BASE, platform=ARM64)
    index = layout.index(amd, arm, layout.attestation(amd))
    of_index = artifact(layout, "application/spdx+json", subject={**about(index), "mediaType": OCI_INDEX})
    files = layout.files(named(index, "1"), of_index)
    assert kinds(load(files, platform="linux/amd64").attached) == ["attestation", "SBOM"]
    assert kinds(load(files, platform="linux/arm64").attached) == ["SBOM"]


def test_a_signature_that_names_no_image_is_attached_only_where_there_is_one_image(load: Loader) -> None:
    layout = Layout()
    signature = artifact(layout, SIMPLE_SIGNING, config_type=OCI_CONFIG)
    other = layout.image(BASE, author="somebody else")
    one = load(layout.files(named(layout.image(BASE), "1"), signature))
    assert [(row.kind, row.subject) for row in one.attached] == [("signature", None)]
    assert load(layout.files(named(layout.image(BASE), "1"), named(other, "2"), signature), image="1").attached == ()


def test_what_an_index_lists_and_the_archive_lacks_is_not_attached(load: Loader) -> None:
    layout = Layout()
    image = layout.image(BASE)
    proof = layout.attestation(image)
    del layout.blobs[f"blobs/sha256/{proof['digest'][7:]}"]
    assert load(layout.files(layout.index(image, proof))).attached == ()


def test_an_attestation_says_what_it_states(load: Loader) -> None:
    layout = Layout()
    image = layout.image(BASE)
    proof = {
        **artifact(
            layout,
            "application/vnd.in-toto+json",
            config_type=OCI_CONFIG,
            annotations={"in-toto.io/predicate-type": "https://spdx.dev/Document"},
        ),
        "platform": UNKNOWN,
        "annotations": {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": "?"},
    }
    load(layout.files(layout.index(image, proof)))
    report = json.loads(run("report", "--json", str(load.path)).stdout)
    assert report["attached"] == [
        {
            "kind": "attestation",
            "digest": proof["digest"],
            "media_type": "application/vnd.in-toto+json",
            "subject": None,
            "predicates": ["https://spdx.dev/Document"],
        }
    ]
    assert "Attached  1 attestation (SPDX SBOM)" in run("report", str(load.path)).stdout


def test_a_report_says_nothing_of_what_is_not_there(load: Loader) -> None:
    load(skopeo_dir_files(BASE))
    assert "attached" not in json.loads(run("report", "--json", str(load.path)).stdout)
    assert "Attached" not in run("report", str(load.path)).stdout


def test_archives_of_artifacts_alone_say_what_they_hold(load: Loader) -> None:
    layout = Layout()
    chart = artifact(
        layout, "application/vnd.cncf.helm.chart.content.v1.tar+gzip", config_type="application/vnd.cncf.helm"
    )
    with complaint(ArchiveError, "this is a Helm chart, not a container image"):
        load(layout.files(named(chart, "chart:1")))
    sbom = artifact(layout, "application/spdx+json")
    with complaint(ArchiveError, "there is no image, only 1 Helm chart, 1 SBOM"):
        load(layout.files(chart, sbom))
    done = run("verify", str(load.path), "--json")
    assert (done.returncode, done.stdout) == (0, "")
    assert "0 images, 1 Helm chart, 1 SBOM" in done.stderr


def test_verify_reads_the_blobs_of_artifacts(load: Loader) -> None:
    layout = Layout()
    image = layout.image(BASE)
    files = layout.files(named(image, "1"), artifact(layout, "text/plain", subject=about(image)))
    name = next(name for name, data in files.items() if data == b'{"payload": 1}')
    load({**files, name: b'{"payload": 2}'})
    [row] = map(json.loads, run("verify", str(load.path), "--json").stdout.splitlines())
    assert (row["level"], row["code"]) == ("error", "digest-mismatch")
    load({key: data for key, data in files.items() if key != name})
    [row] = map(json.loads, run("verify", str(load.path), "--json").stdout.splitlines())
    assert (row["level"], row["code"]) == ("error", "missing-blob")


def test_verify_names_images_without_a_name_by_their_digest(load: Loader) -> None:
    layout = Layout()
    one, two = layout.image(BASE), layout.image(BASE, platform={"os": "", "architecture": "arm"})
    with complaint(AmbiguousImageError, "2 images"):
        load(layout.files(one, two))
    [row] = map(json.loads, run("verify", str(load.path), "--json").stdout.splitlines())
    assert (row["code"], row["image"]) == ("config", two["digest"])


def test_an_images_config_under_another_artifact_type_is_an_image(load: Loader) -> None:
    layout = Layout()
    settings = layout.blob(to_json(config([BASE])), OCI_CONFIG)
    data = layout.manifest(settings, [layout.layer(BASE)], artifactType="application/vnd.example.app")
    image = load(layout.files(layout.blob(data, OCI_MANIFEST)))
    assert (paths(image), codes(image)) == ([EXPECTED[0]], ["artifact-type"])
    data = layout.manifest(settings, [layout.layer(BASE)], artifactType=OCI_CONFIG)
    assert codes(load(layout.files(layout.blob(data, OCI_MANIFEST)))) == []


def test_an_image_for_an_unknown_platform_is_an_image(load: Loader) -> None:
    layout = Layout()
    assert paths(load(layout.files(layout.index(layout.image(BASE, platform=UNKNOWN))))) == [EXPECTED[0]]


CACHE = "application/vnd.buildkit.cacheconfig.v0"


def test_a_build_cache_is_told_as_one(load: Loader) -> None:
    layout = Layout()
    layer, settings = layout.layer(BASE), layout.blob(b'{"layers": [], "records": []}', CACHE)
    as_index = layout.index(layer, settings)
    as_manifest = layout.blob(layout.manifest(settings, [layer]), OCI_MANIFEST)
    for cache in (as_index, as_manifest):
        with complaint(ArchiveError, "this is a build cache, not a container image", "--output type=oci"):
            load(layout.files(named(cache, "latest")))
        done = run("verify", str(load.path))
        assert (done.returncode, done.stdout) == (0, "")
        assert "0 images, 1 build cache and" in done.stderr
    image = layout.image(BASE)
    assert load(layout.files(named(image, "app"), named(as_index, "cache"))).attached == ()


def test_an_artifact_can_still_be_named(load: Loader) -> None:
    layout = Layout()
    image = layout.image(BASE)
    sbom = named(artifact(layout, "application/spdx+json", subject=about(image)), "sbom")
    files = layout.files(named(image, "app"), sbom)
    for name in ("sbom", sbom["digest"]):
        with complaint(ArchiveError, "this is an SPDX SBOM"):
            load(files, image=name)
    with complaint(UsageError, "no image 1", "holds 1"):
        load(files, image="1")
