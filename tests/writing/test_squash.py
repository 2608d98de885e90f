"""Squash, judged by umoci and skopeo."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from ocianalyze.api import open_image
from ocianalyze.api.files import squash_image
from tests.api.making import WEBAPP, open_layers
from tests.writing.judging import awkward, described, needs_skopeo, needs_umoci, run, unpacked


@needs_umoci
@needs_skopeo
def test_a_squashed_image_is_accepted_and_has_the_same_files(tmp_path: Path) -> None:
    opened = open_image(str(WEBAPP))
    archive = tmp_path / "squashed.tar"
    digest = squash_image(opened, archive)
    told = json.loads(run("skopeo", "inspect", f"oci-archive:{archive}"))
    assert told["Digest"] == digest
    assert len(told["Layers"]) == 1
    config = json.loads(run("skopeo", "inspect", "--config", "--raw", f"oci-archive:{archive}"))
    before = opened.image.config
    assert config["config"]["Entrypoint"] == before.runtime.entrypoint  # type: ignore[union-attr]
    assert [step.get("empty_layer", False) for step in config["history"]] == [True] * 22 + [False]
    again = open_image(str(archive))
    assert again.image.notices == ()
    assert again.waste.wasted == 0
    assert [path for path, _ in again.analysis.tree.walk()] == [path for path, _ in opened.analysis.tree.walk()]
    opened.extract("/", to=tmp_path / "ours", owners=True)
    theirs, ours = described(unpacked(archive, "1.0.0", tmp_path)), described(tmp_path / "ours")
    assert list(ours) == list(theirs)
    for name, one in ours.items():
        node = opened.analysis.tree.get(name)
        same = slice(0, 2) if node is None or node.entry is None else slice(None)
        assert one[same] == theirs[name][same], name


def test_squashing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    opened = open_layers(tmp_path, *awkward())
    squash_image(opened, tmp_path / "a.tar")
    squash_image(opened, tmp_path / "b.tar")
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()


@needs_umoci
def test_umoci_unpacks_sparse_files_out_of_a_squashed_image(tmp_path: Path) -> None:
    opened = open_layers(tmp_path, *awkward())
    squash_image(opened, tmp_path / "gzip.tar", names=["x:1"])
    theirs = described(unpacked(tmp_path / "gzip.tar", "1", tmp_path))
    assert list(theirs) == [path for path, _ in opened.analysis.tree.walk()]
    opened.extract("/", to=tmp_path / "ours", owners=True)
    for name, one in described(tmp_path / "ours").items():
        if not stat.S_ISDIR(one[0]):  # type: ignore[arg-type]
            assert one == theirs[name], name
