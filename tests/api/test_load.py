"""analyze_file: load, replay, and what counts as the base."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocianalyze.api.load import analyze_file
from ocianalyze.api.views import list_tree
from ocianalyze.errors import ArchiveError, UsageError
from ocianalyze.loading.load import LoadedImage, load
from ocianalyze.sources.source import Source
from tests.analysis.invariants import check

SAMPLES = Path(__file__).parents[2] / "sample-images"
V1, V2, TOOLBOX = (str(SAMPLES / name) for name in ("webapp-v1.tar", "webapp-v2.tar", "toolbox-docker.tar"))


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.tar")), ids=lambda path: path.name)
def test_every_sample_is_consistent(sample: Path) -> None:
    check(analyze_file(str(sample)))


def test_the_base_of_an_archive_is_what_both_have_from_the_bottom_up() -> None:
    analysis, other = analyze_file(V1, base=V2), analyze_file(V2)
    shared = analysis.waste.base_layers
    assert 1 < shared < len(analysis.image.layers)
    assert analysis.image.diff_ids[:shared] == other.image.diff_ids[:shared]
    assert analysis.image.diff_ids[shared] != other.image.diff_ids[shared]
    assert analysis.waste == analyze_file(V1, base_layers=shared).waste


def test_an_image_is_its_own_base() -> None:
    analysis = analyze_file(TOOLBOX, base=TOOLBOX)
    assert analysis.waste.base_layers == len(analysis.image.layers)
    assert analysis.waste.user_stored == analysis.waste.user_wasted == 0


def test_a_base_with_nothing_in_common_is_noticed() -> None:
    analysis = analyze_file(V1, base=TOOLBOX)
    assert analysis.waste.base_layers == 0
    assert [notice.code for notice in analysis.notices if notice.code == "not-the-base"] == ["not-the-base"]


def test_no_layer_of_the_base_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []

    def counted(source: Source, name: str, **more: Any) -> LoadedImage:
        loaded.append(name)
        return load(source, name, **more)

    monkeypatch.setattr("ocianalyze.api.load.load", counted)
    assert analyze_file(V1, base=V2).waste.base_layers > 1
    assert loaded == [V1]


def test_a_base_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ArchiveError):
        analyze_file(V1, base=str(SAMPLES / "missing.tar"))
    with pytest.raises(UsageError):
        analyze_file("-", base="-")


def test_a_layer_that_is_not_there_is_an_error() -> None:
    analysis = analyze_file(V1)
    for layer in (-1, 12):
        with pytest.raises(UsageError):
            list_tree(analysis, layer=layer)
