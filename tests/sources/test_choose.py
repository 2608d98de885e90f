"""Which image of an archive is meant: by name, by platform, or because there is but one."""

from __future__ import annotations

import platform
from collections.abc import Callable
from typing import Any

import pytest

from ocianalyze.errors import AmbiguousImageError, ArchiveError, UsageError
from ocianalyze.model.image import Image
from tests.archive_builders import (
    AMD64,
    ARM64,
    DOCKER_LIST,
    Files,
    Layout,
    changed,
    digest,
    docker_25_files,
    docker_files,
    from_json,
    hexdigest,
    named,
    skopeo_dir_files,
    to_json,
)
from tests.loading.loader import Loader, codes, complaint, paths
from tests.tar_builders import layer_tar

ONE, TWO, THREE = (layer_tar((name, b"")) for name in ("one", "two", "three"))
ARM_V6 = {"os": "linux", "architecture": "arm", "variant": "v6"}
ARM_V7 = {"os": "linux", "architecture": "arm", "variant": "v7"}
WINDOWS = {"os": "windows", "architecture": "amd64", "os.version": "10.0.20348.1"}


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")


def first(image: Image) -> str:
    return paths(image)[0][0]


def _platforms() -> tuple[Files, dict[str, str]]:
    layout = Layout()
    amd = layout.image(ONE)
    arm = layout.image(TWO, platform=ARM64)
    index = layout.index(amd, arm, layout.attestation(amd), layout.attestation(arm))
    return layout.files(named(index, "2.0")), {"amd": amd["digest"], "arm": arm["digest"], "index": index["digest"]}


def test_this_machines_platform_is_chosen_and_said(load: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    files, _ = _platforms()
    image = load(files)
    assert (first(image), image.names, codes(image)) == ("one", ("2.0",), ["platform-chosen"])
    assert "linux/amd64, linux/arm64" in image.notices[0].message
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert first(load(files)) == "two"
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with complaint(AmbiguousImageError, "2 platforms", "linux/arm64  sha256:", "platform=", "image="):
        load(files)


def test_a_platform_or_a_digest_chooses(load: Loader) -> None:
    files, digests = _platforms()
    assert first(load(files, platform="linux/arm64")) == "two"
    assert codes(load(files, platform="linux/arm64")) == []
    assert first(load(files, image=digests["arm"])) == "two"
    assert first(load(files, image=digests["arm"][7:19])) == "two"
    assert first(load(files, image=digests["index"], platform="linux/arm64")) == "two"
    assert first(load(files, image="2.0", platform="linux/arm64")) == "two"


def test_an_attestation_is_only_chosen_by_its_digest(load: Loader) -> None:
    layout = Layout()
    image = layout.image(ONE)
    proof = layout.attestation(image)
    files = layout.files(layout.index(image, proof))
    assert first(load(files)) == "one"
    assert codes(load(files)) == []
    with complaint(ArchiveError, "in-toto attestation", "not a container image"):
        load(files, image=proof["digest"])
    with complaint(UsageError, "unknown/unknown"):
        load(files, platform="unknown/unknown")


def test_variants_of_a_platform(load: Loader) -> None:
    layout = Layout()
    images = [layout.image(tar, platform=where) for tar, where in ((ONE, ARM_V6), (TWO, ARM_V7), (THREE, ARM64))]
    files = layout.files(layout.index(*images))
    assert first(load(files, platform="linux/arm/v7")) == "two"
    assert first(load(files, platform="linux/arm/v6")) == "one"
    assert first(load(files, platform="linux/arm64")) == "three"
    with complaint(AmbiguousImageError, "linux/arm/v6", "linux/arm/v7"):
        load(files, platform="linux/arm")
    with complaint(UsageError, "no image for linux/arm/v8", "linux/arm64"):
        load(files, platform="linux/arm/v8")


def test_versions_of_windows_are_told_apart_by_digest(load: Loader) -> None:
    layout = Layout()
    older = layout.image(ONE, platform=WINDOWS)
    newer = layout.image(TWO, platform={**WINDOWS, "os.version": "10.0.26100.1"})
    files = layout.files(layout.index(older, newer))
    with complaint(AmbiguousImageError, "2 platforms", f"windows/amd64 (10.0.20348.1)  {older['digest']}"):
        load(files, platform="windows/amd64")
    assert first(load(files, image=newer["digest"])) == "two"


def test_a_platform_that_only_the_config_knows(load: Loader) -> None:
    layout = Layout()
    images = [layout.image(ONE), layout.image(TWO, platform=ARM64)]
    for image in images:
        del image["platform"]
    files = layout.files(layout.index(*images))
    assert first(load(files)) == "one"
    assert first(load(files, platform="linux/arm64")) == "two"


def test_platforms_that_the_index_lists_and_the_archive_lacks_are_passed_over(load: Loader) -> None:
    """`docker save` and `ctr export --platform` keep the whole index and the blobs of one platform."""
    layout = Layout()
    here, absent = layout.image(TWO, platform=ARM64), layout.image(ONE)
    index = layout.index(absent, here, layout.attestation(here))
    for name in [f"blobs/sha256/{absent['digest'][7:]}"]:
        del layout.blobs[name]
    image = load(layout.files(index))
    assert (first(image), codes(image)) == ("two", [])


SEVERAL = {
    "example:1": ("0", "example:1", "docker.io/library/example:1"),
    "registry.example/team/app:2": ("1", "registry.example/team/app:2", "registry.example/team/app"),
    "localhost/other:latest": ("2", "other", "localhost/other", "other:latest"),
}


def _several() -> Files:
    files: Files = {}
    items = []
    for tar, tag in zip((ONE, TWO, THREE), SEVERAL, strict=True):
        made = docker_files(tar, tags=[tag])
        items += from_json(made.pop("manifest.json"))
        files |= made
    return {**files, "manifest.json": to_json(items)}


def test_several_images_are_listed_and_chosen_by_any_name(load: Loader) -> None:
    files = _several()
    with complaint(AmbiguousImageError, "3 images", "1  registry.example/team/app:2  (linux/amd64)", "image="):
        load(files)
    for (tag, spellings), name in zip(SEVERAL.items(), ("one", "two", "three"), strict=True):
        for spelling in spellings:
            image = load(files, image=spelling)
            assert (first(image), image.names) == (name, (tag,))


def test_a_config_digest_chooses_too(load: Loader) -> None:
    files = _several()
    name = next(name for name, data in files.items() if isinstance(data, bytes) and digest(TWO).encode() in data)
    assert first(load(files, image="sha256:" + name.removesuffix(".json"))) == "two"


def test_two_tags_of_one_image_are_one_choice(load: Loader) -> None:
    layout = Layout()
    image = layout.image(ONE)
    loaded = load(layout.files(named(image, "1"), named(image, "latest")))
    assert loaded.names == ("1", "latest")
    index = layout.index(image, layout.attestation(image))
    assert load(layout.files(named(index, "1"), named(index, "latest"))).names == ("1", "latest")


@pytest.mark.parametrize("make", [docker_files, docker_25_files])
def test_an_image_that_manifest_json_lists_once_for_each_tag_is_one_choice(
    load: Loader, make: Callable[..., Files]
) -> None:
    def list_again(images: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [*images, {**images[0], "RepoTags": ["other:2"]}, images[0]]

    files = changed(make(ONE), "manifest.json", list_again)
    image = load(files)
    assert (first(image), image.names) == ("one", ("example:1", "other:2"))
    assert load(files, image="other:2").names == image.names


def test_tags_of_two_images_in_one_layout(load: Loader) -> None:
    layout = Layout()
    files = layout.files(
        named(layout.image(ONE), "1"), named(layout.image(TWO), "2", containerd="docker.io/library/x:2")
    )
    with complaint(AmbiguousImageError, "2 images", "docker.io/library/x:2"):
        load(files)
    assert first(load(files, image="1")) == "one"
    assert first(load(files, image="2")) == "two"
    assert first(load(files, image="x:2")) == "two"
    assert first(load(files, image="x")) == "two"


def test_a_tag_chooses_among_docker_25_images(load: Loader) -> None:
    files = docker_25_files(ONE, tag="example:1")
    other = docker_25_files(TWO, tag="other:2")

    def joined(name: str, key: str | None) -> bytes:
        values = [from_json(part[name]) for part in (files, other)]
        if key is None:
            return to_json([*values[0], *values[1]])
        return to_json({**values[0], key: [*values[0][key], *values[1][key]]})

    both = {
        **files,
        **other,
        "manifest.json": joined("manifest.json", None),
        "index.json": joined("index.json", "manifests"),
    }
    with complaint(AmbiguousImageError, "2 images", "other:2"):
        load(both)
    image = load(both, image="other")
    assert (first(image), image.names) == ("two", ("other:2",))
    assert image.digest is not None


def test_deeply_nested_indexes_and_docker_lists(load: Loader) -> None:
    layout = Layout()
    inner = layout.index(layout.image(ONE), media_type=DOCKER_LIST)
    outer = layout.index(layout.index(inner))
    image = load(layout.files(named(outer, "deep")))
    assert (first(image), image.names) == ("one", ("deep",))


def test_a_directory_of_all_platforms_by_skopeo(load: Loader) -> None:
    amd, arm = skopeo_dir_files(ONE), skopeo_dir_files(TWO, **ARM64)
    files: Files = {}
    manifests = []
    for part, where in ((amd, AMD64), (arm, ARM64)):
        manifest = part.pop("manifest.json")
        assert isinstance(manifest, bytes)
        part[f"{hexdigest(manifest)}.manifest.json"] = manifest
        manifests.append({"mediaType": "", "digest": digest(manifest), "size": len(manifest), "platform": where})
        files |= part
    files["manifest.json"] = to_json({"schemaVersion": 2, "mediaType": DOCKER_LIST, "manifests": manifests})
    for made in (load.from_directory, load):
        assert first(made(files)) == "one"
        assert first(made(files, platform="linux/arm64")) == "two"


def test_the_numbers_in_the_list_are_those_that_choose(load: Loader) -> None:
    """Also where images that the archive lacks are left out of the list."""
    layout = Layout()
    absent, one, two = layout.image(THREE), layout.image(ONE), layout.image(TWO)
    del layout.blobs[f"blobs/sha256/{absent['digest'][7:]}"]
    files = layout.files(named(absent, "absent"), named(one, "a"), named(two, "b"))
    with complaint(AmbiguousImageError, "2 images", "1  a  (linux/amd64)", "2  b  (linux/amd64)"):
        load(files)
    assert first(load(files, image="1")) == "one"
    assert first(load(files, image="2")) == "two"
    with complaint(UsageError, "no image"):
        load(files, image="\u00b2")


def test_a_name_that_is_the_number_of_another_image_is_told_and_an_at_sign_chooses_by_number(load: Loader) -> None:
    layout = Layout()
    files = layout.files(*(named(layout.image(tar), name) for tar, name in ((ONE, "1"), (TWO, "0"), (THREE, "2"))))
    image = load(files, image="0")
    assert (first(image), codes(image)) == ("two", ["image-chosen"])
    assert "@0 chooses by number" in image.notices[0].message
    assert (first(load(files, image="@0")), codes(load(files, image="@0"))) == ("one", [])
    assert (first(load(files, image="2")), codes(load(files, image="2"))) == ("three", [])
    with complaint(UsageError, "no image 3", "counted from 0"):
        load(files, image="@3")


def test_an_index_that_lists_another_platform_than_the_config_says_is_told(load: Loader) -> None:
    layout = Layout()
    image = layout.image(ONE)
    for listed, says in (
        (ARM64, "the index says linux/arm64, and the config linux/amd64"),
        ({**AMD64, "variant": "v2"}, None),
        (WINDOWS, "the index says windows/amd64 (10.0.20348.1), and the config linux/amd64"),
    ):
        notices = load(layout.files({**image, "platform": listed})).notices
        assert [notice.message for notice in notices] == ([says] if says else [])
    image = layout.image(TWO, platform=WINDOWS)
    listed = {**WINDOWS, "os.version": "10.0.26100.1"}
    assert codes(load(layout.files({**image, "platform": listed}))) == ["platform"]


def test_asking_for_what_is_not_there(load: Loader) -> None:
    files = docker_25_files(ONE)
    with complaint(UsageError, "no image 'other'", "example:1"):
        load(files, image="other")
    with complaint(UsageError, "no image 7", "counted from 0"):
        load(files, image="7")
    with complaint(UsageError, "no image for linux/s390x", "linux/amd64"):
        load(files, platform="linux/s390x")
    for spelling in ("linux", "linux/", "/amd64", "a/b/c/d", ""):
        with complaint(UsageError, "is no platform", "os/arch"):
            load(files, platform=spelling)
