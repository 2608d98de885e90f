"""Layers that two archives share: scanned once, and believed only as far as they were looked at."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.errors import AmbiguousImageError, ArchiveError, Choose, DigestMismatchError, UsageError
from ocianalyze.layers.tar_layer import TarLayer
from ocianalyze.loading.options import LoadOptions
from tests.archive_builders import Files, docker_files, oci_files, pack
from tests.loading.loader import compare_files
from tests.tar_builders import layer_tar

TARS = [layer_tar((name, name.encode() * 5000)) for name in "abc"]


class Watched:
    """A Progress that keeps what was planned and how far it went."""

    def __init__(self) -> None:
        self.planned: dict[int, int] = {}
        self.done: dict[int, int] = {}

    def spooled(self, done: int) -> None: ...

    def begin(self, layers: Any) -> None:
        self.planned = {layer.index: layer.blob_size for layer in layers}
        self.done = dict.fromkeys(self.planned, 0)

    def advance(self, layer: int, blob_bytes: int) -> None:
        self.done[layer] += blob_bytes


def written(folder: Path, **archives: Files) -> list[str]:
    paths = []
    for name, files in archives.items():
        path = folder / f"{name}.tar"
        path.write_bytes(pack(files))
        paths.append(str(path))
    return paths


def diff_ids(*tars: bytes) -> list[str]:
    return sorted(f"sha256:{hashlib.sha256(tar).hexdigest()}" for tar in tars)


@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The diff IDs of the layers that were scanned, one each time."""
    found: list[str] = []
    real = TarLayer.scan

    def counted(layer: TarLayer, *args: Any) -> Any:
        found.append(str(layer.claim.diff_id))
        return real(layer, *args)

    monkeypatch.setattr(TarLayer, "scan", counted)
    return found


@pytest.mark.parametrize("verify", [True, False], ids=["verified", "unverified"])
@pytest.mark.parametrize("form", [oci_files, docker_files])
def test_what_both_have_is_scanned_and_replayed_once(tmp_path: Path, scans: list[str], form: Any, verify: bool) -> None:
    other = layer_tar(("d", b"4" * 9))
    old, new = written(tmp_path, old=form(*TARS), new=form(TARS[0], TARS[1], other))
    options, watched = LoadOptions(verify=verify), Watched()
    diff = compare_files(old, new, old_options=options, new_options=options, progress=watched)
    assert sorted(scans) == diff_ids(*TARS, other)
    assert diff.new.trees[1] is diff.old.trees[1]
    assert diff.new.image.layers[1].entries is diff.old.image.layers[1].entries
    assert watched.done == watched.planned
    assert {(change.kind.value, change.path) for change in diff.changes} == {("added", "d"), ("removed", "c")}


def test_a_claim_does_not_stand_for_the_bytes(tmp_path: Path) -> None:
    files = oci_files(*TARS)
    blob = next(name for name, data in files.items() if isinstance(data, bytes) and data[:2] == b"\x1f\x8b")
    data = files[blob]
    assert isinstance(data, bytes)
    old, new = written(tmp_path, old=files, new={**files, blob: data[:-20] + bytes(20)})
    with pytest.raises(DigestMismatchError, match=r"the new image \(.*new\.tar\), layer 0"):
        compare_files(old, new)
    unverified = LoadOptions(verify=False)
    assert compare_files(old, new, old_options=unverified, new_options=unverified).is_empty


def test_what_was_not_verified_is_not_taken_for_what_is(tmp_path: Path, scans: list[str]) -> None:
    old, new = written(tmp_path, old=oci_files(*TARS), new=oci_files(*TARS))
    assert compare_files(old, new, old_options=LoadOptions(verify=False)).is_empty
    assert sorted(scans) == diff_ids(*TARS, *TARS)


def test_both_sides_have_the_same_content_digest(tmp_path: Path) -> None:
    old, new = written(tmp_path, old=oci_files(*TARS), new=oci_files(*TARS))
    with pytest.raises(UsageError, match="same content digest"):
        compare_files(old, new, old_options=LoadOptions(content_algorithm="sha256"))
    sha256 = LoadOptions(content_algorithm="sha256")
    assert compare_files(old, new, old_options=sha256, new_options=sha256).is_empty


def test_an_error_says_which_image_it_is_about(tmp_path: Path) -> None:
    [good] = written(tmp_path, good=oci_files(*TARS))
    bad = tmp_path / "bad.tar"
    bad.write_bytes(Path(good).read_bytes()[:3000])
    for pair, side in (((str(bad), good), "old"), ((good, str(bad)), "new")):
        with pytest.raises(ArchiveError) as caught:
            compare_files(*pair)
        assert str(caught.value).count(str(bad)) == 1
        assert (f"the {side} image ({bad})" in str(caught.value)) != str(caught.value).startswith(str(bad))
    multi = str(Path(__file__).parents[2] / "sample-images" / "toolbox-multi-platform.tar")
    with pytest.raises(UsageError) as refused:
        compare_files(good, multi, new_options=LoadOptions(platform="plan9/mips"))
    assert str(refused.value).startswith(f"the new image ({multi}): there is no image for plan9/mips")


def test_the_remedy_says_of_which_side(tmp_path: Path) -> None:
    one, other = docker_files(*TARS, tags=["one:1"]), docker_files(TARS[0], tags=["other:1"])
    both = {**one, **other}
    lists = [json.loads(files["manifest.json"]) for files in (one, other)]  # type: ignore[arg-type]
    both["manifest.json"] = json.dumps(lists[0] + lists[1]).encode()
    good, two = written(tmp_path, good=one, two=both)
    with pytest.raises(AmbiguousImageError) as caught:
        compare_files(good, two)
    assert caught.value.remedy == Choose("image", side="new")
    assert compare_files(good, two, new_options=LoadOptions(image="other:1")).new.image.names == ("other:1",)
