"""verify: each kind of damage is a finding of its own, and a sound archive has none."""

from __future__ import annotations

import contextlib
import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.api.verify import verify_file
from ocianalyze.errors import OcianalyzeError, RaiseLimit
from tests.api.making import ocianalyze
from tests.archive_builders import (
    ARM64,
    Layout,
    Link,
    changed,
    docker_25_files,
    docker_files,
    hexdigest,
    legacy_files,
    named,
    oci_files,
    pack,
    skopeo_dir_files,
    spread,
    to_json,
)
from tests.cli.run import SAMPLES
from tests.tar_builders import header, layer_tar, member, tar

LOWER, UPPER = layer_tar(("a", b"lower"), ("d/b", b"x")), layer_tar((".wh.a", b""), ("c", b"upper"))
Files = Mapping[str, bytes | Link]


def found(tmp_path: Path, files: Files | bytes) -> list[tuple[str, str, int | None]]:
    path = tmp_path / "image.tar"
    path.write_bytes(files if isinstance(files, bytes) else pack(files))
    return [(one.level.value, one.code, one.layer) for one in verify_file(str(path)).findings]


@pytest.mark.parametrize("form", [docker_files, docker_25_files, legacy_files, oci_files, skopeo_dir_files])
def test_a_sound_archive_has_no_findings(tmp_path: Path, form: Callable[..., Files]) -> None:
    assert found(tmp_path, form(LOWER, UPPER)) == []


def test_a_limit_is_named_with_the_option_that_raises_it(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    path.write_bytes(pack(oci_files(layer_tar(("n" * 40_000, b"")))))
    [finding] = verify_file(str(path)).findings
    assert (finding.code, finding.layer) == ("limit-exceeded", 0)
    assert finding.remedy == RaiseLimit("name")
    assert b"--limit name=NUMBER" in ocianalyze("verify", str(path)).stdout
    assert ocianalyze("verify", str(path), "--limit", "name=50000").returncode == 0


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.tar")), ids=lambda path: path.stem)
def test_the_sample_images_have_no_findings(sample: Path) -> None:
    result = verify_file(str(sample))
    assert result.findings == ()
    assert len(result.images) == (3 if "multi" in sample.stem else 1)


def blob_of(files: Files, tar_data: bytes) -> str:
    """The name of the gzip blob of a layer."""
    [name] = [name for name, data in files.items() if isinstance(data, bytes) and _inflates_to(data, tar_data)]
    return name


def _inflates_to(data: bytes, wanted: bytes) -> bool:
    return data[:2] == b"\x1f\x8b" and gzip.decompress(data) == wanted


def _edited(change: Callable[[dict[str, Any]], object]) -> Callable[[], Files]:
    """An OCI archive whose config is changed by *change*, with digests that fit."""

    def make() -> Files:
        layout = Layout()
        layers = [layout.layer(one) for one in (LOWER, UPPER)]
        settings: dict[str, Any] = json.loads(_config())
        change(settings)
        manifest = layout.manifest(layout.blob(to_json(settings), "application/vnd.oci.image.config.v1+json"), layers)
        return layout.files(named(layout.blob(manifest, "application/vnd.oci.image.manifest.v1+json"), "latest"))

    return make


def _config() -> bytes:
    files = oci_files(LOWER, UPPER)
    [config] = [
        data for data in files.values() if isinstance(data, bytes) and data.startswith(b"{") and b"diff_ids" in data
    ]
    return config


def _without(name_of: Callable[[Files], str]) -> Callable[[], Files]:
    def make() -> Files:
        files = dict(oci_files(LOWER, UPPER))
        del files[name_of(files)]
        return files

    return make


def _damaged() -> Files:
    files = dict(oci_files(LOWER, UPPER, compression="none"))
    name = f"blobs/sha256/{hexdigest(UPPER)}"
    files[name] = UPPER.replace(b"upper", b"UPPER")
    return files


def _stray() -> Files:
    return {**oci_files(LOWER, UPPER), f"blobs/sha256/{'0' * 64}": b"not what the name says"}


def _manifest(**more: Any) -> Callable[[], Files]:
    """An OCI archive whose manifest has *more* in it."""

    def make() -> Files:
        layout = Layout()
        layers = [layout.layer(one) for one in (LOWER, UPPER)]
        layers[1] |= more.pop("layer", {})
        data = layout.manifest(layout.blob(_config(), "application/vnd.oci.image.config.v1+json"), layers, **more)
        return layout.files(named(layout.blob(data, "application/vnd.oci.image.manifest.v1+json"), "latest"))

    return make


def _wrong_platform() -> Files:
    layout = Layout()
    image = layout.image(LOWER)
    return layout.files(named({**image, "platform": ARM64}, "latest"))


DAMAGE: dict[str, tuple[Callable[[], Files], tuple[str, str, int | None]]] = {
    "a layer's bytes": (_damaged, ("error", "digest-mismatch", 1)),
    "a layer is not there": (_without(lambda files: blob_of(files, UPPER)), ("error", "missing-blob", 1)),
    "no oci-layout": (_without(lambda _: "oci-layout"), ("error", "oci-layout", None)),
    "a blob that nobody uses": (_stray, ("error", "digest-mismatch", None)),
    "no architecture": (_edited(lambda config: config.pop("architecture")), ("error", "config", None)),
    "another rootfs": (_edited(lambda config: config["rootfs"].update(type="files")), ("error", "config", None)),
    "too few diff IDs": (_edited(lambda config: config["rootfs"]["diff_ids"].pop()), ("error", "diff-ids", None)),
    "too little history": (_edited(lambda config: config["history"].pop()), ("warning", "history-mismatch", None)),
    "a diff ID of something else": (
        _edited(lambda config: config["rootfs"]["diff_ids"].__setitem__(1, "sha256:" + "1" * 64)),
        ("error", "digest-mismatch", 1),
    ),
    "the config is no JSON object": (_edited(lambda config: config.update(history=7)), ("error", "document", None)),
    "another schema version": (_manifest(schemaVersion=3), ("error", "manifest", None)),
    "another type than the index says": (
        _manifest(mediaType="application/vnd.docker.distribution.manifest.v2+json"),
        ("warning", "manifest", None),
    ),
    "a layer of no type": (
        _manifest(layer={"mediaType": "application/vnd.oci.image.layer.v2.tar+gzip"}),
        ("warning", "media-type", None),
    ),
    "the index says another platform": (_wrong_platform, ("warning", "platform", None)),
    "docker 25.0.0's order": (
        lambda: docker_25_files(LOWER, UPPER, order=(1, 0)),
        ("warning", "manifests-disagree", None),
    ),
    "an image that is not there": (
        lambda: changed(
            dict(oci_files(LOWER)),
            "index.json",
            lambda value: {
                **value,
                "manifests": [*value["manifests"], {**value["manifests"][0], "digest": "sha256:" + "2" * 64}],
            },
        ),
        ("warning", "not-in-the-archive", None),
    ),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_each_kind_of_damage_is_found(tmp_path: Path, what: str) -> None:
    make, expected = DAMAGE[what]
    assert expected in found(tmp_path, make())


NAMES = {
    "path-clamped": tar(member(b"../up", b"x")),
    "duplicate-entry": tar(member(b"f", b"1"), member(b"f", b"2")),
    "whiteout-of-nothing": tar(member(b".wh.nothing")),
    "readers-disagree": tar(member(b"etc/cron.d/job/", b"* *")),
    "device-whiteout": tar(member(b"c", kind=b"3", device=(0, 0))),
    "trailing-data": tar(member(b"f", b"1")) + b"more".ljust(512, b"\0"),
    "aufs-marker": tar(member(b".wh..wh.plnk/", kind=b"5")),
}


@pytest.mark.parametrize(
    ("odd", "expected"),
    [
        (member(b"docs/", b"x"), ("warning", "readers-disagree", "docs")),
        (header(b"x", mtime=b"yesterday"), ("error", "refused", "x")),
    ],
)
def test_odd_headers_of_the_archive_itself_are_found(
    tmp_path: Path, odd: bytes, expected: tuple[str, str, str]
) -> None:
    path = tmp_path / "image.tar"
    path.write_bytes(odd + pack(docker_files(LOWER)))
    [one] = verify_file(str(path)).findings
    assert (one.level.value, one.code, one.path) == expected
    assert one.message.startswith(
        ("readers disagree: GNU tar has a directory", "runtimes refuse the archive: the mtime")
    )


NOT_UNPACKED = {
    "refused": tar(member(b"f", b"abc", kind=b"7")),
    "hard-link-to-nothing": tar(member(b"h", kind=b"1", link=b"nothing")),
    "hard-link-to-itself": tar(member(b"h", b"1"), member(b"h", kind=b"1", link=b"h")),
    "link-to-nothing": tar(member(b"l", kind=b"2")),
    "entry-below-file": tar(member(b"f", b"1"), member(b"f/g", b"2")),
    "symlink-loop": tar(member(b"l", kind=b"2", link=b"l"), member(b"l/f", b"1")),
    "root-not-a-directory": tar(member(b"./", b"1")),
}


@pytest.mark.parametrize("code", NOT_UNPACKED)
def test_what_no_runtime_unpacks_is_an_error(tmp_path: Path, code: str) -> None:
    assert ("error", code, 0) in found(tmp_path, oci_files(NOT_UNPACKED[code]))


@pytest.mark.parametrize("code", NAMES)
def test_odd_names_links_and_layers_are_warnings(tmp_path: Path, code: str) -> None:
    assert ("warning", code, 0) in found(tmp_path, oci_files(NAMES[code]))


def test_one_bad_image_does_not_hide_the_others(tmp_path: Path) -> None:
    layout = Layout()
    good, bad = layout.image(LOWER), layout.image(UPPER)
    files = layout.files(named(good, "good"), named(bad, "bad"))
    del files[blob_of(files, UPPER)]
    path = tmp_path / "image.tar"
    path.write_bytes(pack(files))
    result = verify_file(str(path))
    assert [(one.code, one.image) for one in result.findings] == [("missing-blob", "bad")]
    assert [label for label, _ in result.images] == ["good"]


def test_a_directory_is_verified_too(tmp_path: Path) -> None:
    root = spread(oci_files(LOWER, UPPER), tmp_path / "layout")
    assert verify_file(str(root)).findings == ()
    (root / "blobs/sha256" / ("3" * 64)).write_bytes(b"x")
    assert [one.code for one in verify_file(str(root)).findings] == ["digest-mismatch"]


def test_a_truncated_archive_is_found_or_refused(tmp_path: Path) -> None:
    whole = pack(oci_files(LOWER, UPPER)).rstrip(b"\0")
    for size in range(1000, len(whole), 700):
        with contextlib.suppress(OcianalyzeError):
            assert found(tmp_path, whole[:size]), size


def test_exit_codes_and_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    path.write_bytes(pack(oci_files(NAMES["whiteout-of-nothing"])))
    done = ocianalyze("verify", path)
    assert done.returncode == 1
    assert done.stdout.startswith(b"warning whiteout-of-nothing")
    assert b"layer 0, /nothing: hides nothing" in done.stdout
    [row] = map(json.loads, ocianalyze("verify", path, "--json").stdout.splitlines())
    assert (row["level"], row["code"], row["layer"], row["path"]) == ("warning", "whiteout-of-nothing", 0, "nothing")
    assert ocianalyze("verify", path, "--errors-only").returncode == 0
    assert ocianalyze("verify", SAMPLES / "README.md").returncode == 3
    assert ocianalyze("verify", "-", stdin=pack(oci_files(LOWER))).returncode == 0
