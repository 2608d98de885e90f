"""The image that the benchmarks measure is a sound image, and always the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.build import CHANGED, build, build_next
from tests.benchmarks.naive import main as naive
from tests.loading.loader import load_image

SCALE = 0.001


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("benchmark") / "image"
    build(directory, SCALE)
    return directory


@pytest.fixture
def layers(home: Path) -> list[dict[str, Any]]:
    return list(json.loads((home / "facts.json").read_text())["layers"])


@pytest.mark.parametrize("form", ["gzip", "zstd", "docker"])
def test_every_form_holds_the_layers_that_the_facts_tell_of(
    home: Path, layers: list[dict[str, Any]], form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = str(home / f"{form}.tar")
    image = load_image(archive)
    assert [str(layer.diff_id) for layer in image.layers] == [f"sha256:{fact['diff_id']}" for fact in layers]
    assert [len(layer.entries) for layer in image.layers] == [fact["entries"] for fact in layers]
    naive(archive)
    told = json.loads(capsys.readouterr().out)
    assert [layer["diff_id"] for layer in told] == [fact["diff_id"] for fact in layers]
    assert [layer["entries"] for layer in told] == [fact["entries"] for fact in layers]


def test_building_it_again_gives_the_same_layers(tmp_path: Path, layers: list[dict[str, Any]]) -> None:
    build(tmp_path / "image", SCALE)
    again = json.loads((tmp_path / "image/facts.json").read_text())["layers"]
    assert [layer["diff_id"] for layer in again] == [layer["diff_id"] for layer in layers]


def test_the_next_version_shares_all_layers_but_two(home: Path, layers: list[dict[str, Any]]) -> None:
    build_next(home, SCALE)
    new = load_image(str(home / "gzip-next.tar"))
    shared = [layer["diff_id"] == diff_id.encoded for layer, diff_id in zip(layers, new.diff_ids, strict=True)]
    assert [index for index, same in enumerate(shared) if not same] == list(CHANGED)
