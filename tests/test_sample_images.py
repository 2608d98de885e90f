"""The sample images are what their README says: read here with the standard library alone."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parent.parent / "sample-images"
OCI = ["toolbox-multi-platform", "toolbox-oci-gzip", "toolbox-oci-zstd", "webapp-v1", "webapp-v2"]
APP = "srv/app/site"


class Archive:
    """An OCI archive, member by member."""

    def __init__(self, name: str) -> None:
        with tarfile.open(SAMPLES / f"{name}.tar") as outer:
            files = {member.name: outer.extractfile(member) for member in outer if member.isfile()}
            self.members = {path: file.read() for path, file in files.items() if file}

    def document(self, descriptor: dict[str, Any]) -> dict[str, Any]:
        return dict(json.loads(self.blob(descriptor)))

    def blob(self, descriptor: dict[str, Any]) -> bytes:
        data = self.members["blobs/" + descriptor["digest"].replace(":", "/")]
        assert len(data) == descriptor["size"]
        return data

    @property
    def top(self) -> dict[str, Any]:
        """What `index.json` names: the only one."""
        (descriptor,) = json.loads(self.members["index.json"])["manifests"]
        return self.document(descriptor)

    @property
    def config(self) -> dict[str, Any]:
        return self.document(self.top["config"])

    def layer(self, index: int) -> dict[str, tarfile.TarInfo]:
        """The members of one gzip layer."""
        data = gzip.decompress(self.blob(self.top["layers"][index]))
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            return {member.name: member for member in tar}


def diff_ids(archive: Archive) -> list[str]:
    return list(archive.config["rootfs"]["diff_ids"])


def content(archive: Archive, layer: int, path: str) -> bytes:
    data = gzip.decompress(archive.blob(archive.top["layers"][layer]))
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        file = tar.extractfile(path)
        assert file
        return file.read()


def test_all_samples_together_stay_under_six_megabytes() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()) < 6_000_000


def test_the_readme_lists_every_archive_and_no_other() -> None:
    readme = (SAMPLES / "README.md").read_text()
    assert set(re.findall(r"^\| `([\w.-]+\.tar)`", readme, re.MULTILINE)) == {
        path.name for path in SAMPLES.glob("*.tar")
    }


@pytest.mark.parametrize("name", OCI)
def test_every_blob_has_the_digest_that_its_name_says(name: str) -> None:
    blobs = {path: data for path, data in Archive(name).members.items() if path.startswith("blobs/sha256/")}
    assert blobs
    for path, data in blobs.items():
        assert path.endswith(hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("name", ["toolbox-oci-gzip", "webapp-v1", "webapp-v2"])
def test_every_gzip_layer_has_the_diff_id_of_its_config(name: str) -> None:
    archive = Archive(name)
    tars = [gzip.decompress(archive.blob(layer)) for layer in archive.top["layers"]]
    assert [f"sha256:{hashlib.sha256(tar).hexdigest()}" for tar in tars] == diff_ids(archive)


def test_the_toolbox_is_one_image_in_three_dresses() -> None:
    plain, zstd = Archive("toolbox-oci-gzip"), Archive("toolbox-oci-zstd")
    assert diff_ids(plain) == diff_ids(zstd)
    assert {layer["mediaType"] for layer in zstd.top["layers"]} == {"application/vnd.oci.image.layer.v1.tar+zstd"}
    assert all(zstd.blob(layer)[:4] == b"\x28\xb5\x2f\xfd" for layer in zstd.top["layers"])
    docker = Archive("toolbox-docker").members
    (manifest,) = json.loads(docker["manifest.json"])
    layers = [hashlib.sha256(docker[path]).hexdigest() for path in manifest["Layers"]]
    assert [f"sha256:{digest}" for digest in layers] == diff_ids(plain)


def test_the_multi_platform_index_has_an_attestation_for_each_image() -> None:
    archive = Archive("toolbox-multi-platform")
    manifests = archive.top["manifests"]
    images = [entry for entry in manifests if entry["platform"]["os"] == "linux"]
    attestations = [entry for entry in manifests if entry["platform"]["os"] == "unknown"]
    assert ["/".join(entry["platform"][key] for key in ("os", "architecture")) for entry in images] == [
        "linux/amd64",
        "linux/arm64",
        "linux/arm",
    ]
    assert [entry["annotations"]["vnd.docker.reference.digest"] for entry in attestations] == [
        entry["digest"] for entry in images
    ]
    for entry in attestations:
        assert entry["annotations"]["vnd.docker.reference.type"] == "attestation-manifest"
        for layer in archive.document(entry)["layers"]:
            statement = archive.document(layer)
            assert statement["predicateType"] == layer["annotations"]["in-toto.io/predicate-type"]


def test_the_first_version_hides_what_it_should_not_have_stored() -> None:
    archive = Archive("webapp-v1")
    assert len(archive.top["layers"]) == 12
    assert b"AWS_SECRET_ACCESS_KEY" in content(archive, 5, "srv/app/.env")
    assert {"srv/app/.wh..env", "srv/app/.wh.deploy_key"} < set(archive.layer(6))
    assert sum(member.size for member in archive.layer(2).values()) == 351_092
    assert "var/cache/.wh.apt" in archive.layer(8)
    assert f"{APP}/docs/.wh..wh..opq" in archive.layer(9)
    assert f"{APP}/.wh.drafts" in archive.layer(10)
    overwritten, removed = (archive.layer(3)[f"usr/bin/{name}"] for name in ("tini", "tini-static"))
    assert overwritten.size + removed.size == 735_872
    assert archive.layer(7)["usr/bin/tini"].size == removed.size


def test_the_chown_layer_of_the_first_version_changes_owners_alone() -> None:
    archive = Archive("webapp-v1")
    before, after = archive.layer(4), archive.layer(11)
    copied = [path for path, member in before.items() if path in after and member.isfile()]
    assert len(copied) > 15
    for path in copied:
        assert (before[path].uid, after[path].uid) == (0, 1000)
        assert (before[path].mtime, before[path].mode) == (after[path].mtime, after[path].mode)
        assert content(archive, 4, path) == content(archive, 11, path)


def test_busybox_has_one_content_and_many_names() -> None:
    base = [member for path, member in Archive("webapp-v1").layer(0).items() if path.startswith("bin/")]
    assert len([member for member in base if member.isfile() and not member.islnk()]) == 1
    assert len([member for member in base if member.islnk()]) == 65


def test_the_second_version_shares_the_base_and_a_layer_after_an_inserted_one() -> None:
    old, new = diff_ids(Archive("webapp-v1")), diff_ids(Archive("webapp-v2"))
    assert old[:4] == new[:4]
    assert [digest for digest in new if digest in old] == [*old[:4], old[8]]
    assert new.index(old[8]) == 8


def test_the_second_version_moves_files_without_touching_them() -> None:
    old, new = Archive("webapp-v1"), Archive("webapp-v2")
    for name in ("app.js", "logo.svg"):
        assert content(old, 4, f"{APP}/assets/{name}") == content(new, 5, f"{APP}/static/{name}")
    assert content(old, 4, f"{APP}/assets/app.css") != content(new, 5, f"{APP}/static/app.css")


@pytest.mark.parametrize("name", ["webapp-v1", "webapp-v2", "toolbox-oci-gzip"])
def test_the_history_tells_of_every_layer_and_of_every_setting(name: str) -> None:
    archive = Archive(name)
    steps = archive.config["history"]
    assert len([step for step in steps if not step.get("empty_layer")]) == len(archive.top["layers"])
    assert any(step.get("empty_layer") for step in steps)
    assert all(step["created"].startswith("2026-") and step["created_by"] for step in steps)
