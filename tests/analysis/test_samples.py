"""What the sample images' README says is wrong with them is what the analysis finds."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.analysis.waste.waste import WasteCause, WastedCopy
from ocianalyze.loading.options import LoadOptions
from ocianalyze.model.entry import EntryKind
from tests.loading.loader import load_image

SAMPLES = Path(__file__).parents[2] / "sample-images"


def analysis_of(name: str, platform: str | None = None) -> Analysis:
    return analyze(load_image(str(SAMPLES / f"{name}.tar"), options=LoadOptions(platform=platform)))


def copies(analysis: Analysis) -> dict[tuple[str, int], WastedCopy]:
    """The dead copies by path and the layer that stores them."""
    return {(copy.path, copy.written_by): copy for path in analysis.waste.paths for copy in path.copies}


def by_cause(analysis: Analysis) -> Counter[WasteCause]:
    sums: Counter[WasteCause] = Counter()
    for copy in copies(analysis).values():
        sums[copy.cause] += copy.size
    return sums


@pytest.fixture(scope="module")
def v1() -> Analysis:
    return analysis_of("webapp-v1")


@pytest.fixture(scope="module")
def v2() -> Analysis:
    return analysis_of("webapp-v2")


def test_every_stored_byte_of_every_sample_is_live_or_wasted() -> None:
    for path in SAMPLES.glob("*.tar"):
        waste = analysis_of(path.stem, "linux/arm/v7" if "multi" in path.name else None).waste
        assert waste.stored == waste.live + waste.wasted > 0


def test_the_readme_says_how_many_layers_each_has_and_what_the_web_application_wastes() -> None:
    readme = (SAMPLES / "README.md").read_text()
    counts = dict(re.findall(r"^\| `([\w.-]+)\.tar` \| (\d+)", readme, re.MULTILINE))
    found = {path.stem: analysis_of(path.stem, "linux/amd64") for path in SAMPLES.glob("*.tar")}
    assert counts == {name: str(len(analysis.image.layers)) for name, analysis in found.items()}
    for waste in (found["webapp-v1"].waste, found["webapp-v2"].waste):
        assert f"{waste.stored:,} bytes" in readme
        assert f" {waste.wasted:,} " in readme


def test_the_package_cache_and_the_secrets_of_the_first_version_are_dead_and_still_there(v1: Analysis) -> None:
    dead = copies(v1)
    cache = [copy for (path, _), copy in dead.items() if path.startswith("var/cache/apt/")]
    assert sum(copy.size for copy in cache) == 351_092
    assert {(copy.written_by, copy.killed_by, copy.cause) for copy in cache} == {(2, 8, WasteCause.DELETED)}
    for secret in ("srv/app/.env", "srv/app/deploy_key"):
        assert dead[secret, 5].killed_by == 6
        assert v1.trees[5].get(secret) is not None
        assert v1.tree.get(secret) is None


def test_moving_a_binary_over_another_kills_both_in_the_first_version(v1: Analysis) -> None:
    dead = copies(v1)
    assert dead["usr/bin/tini", 3].cause is WasteCause.OVERWRITTEN
    assert dead["usr/bin/tini-static", 3].cause is WasteCause.DELETED
    assert dead["usr/bin/tini", 3].size + dead["usr/bin/tini-static", 3].size == 735_872


def test_the_chown_layer_of_the_first_version_wastes_what_it_copies(v1: Analysis) -> None:
    changes = [change for change in v1.changes[11] if change.path.startswith("srv/app/")]
    assert {change.kind.value for change in changes} == {"metadata"}
    assert {change.aspects.name for change in changes} == {"OWNER"}
    assert by_cause(v1)[WasteCause.METADATA_ONLY] == sum(change.size_after for change in changes)


def test_the_opaque_directory_of_the_first_version_hides_two_pages(v1: Analysis) -> None:
    opaque = [copy for copy in copies(v1).values() if copy.cause is WasteCause.OPAQUE]
    assert {copy.path.rpartition("/")[2] for copy in opaque} == {"placeholder.html", "style-guide.html"}


def test_busybox_counts_once_for_all_its_names(v1: Analysis) -> None:
    nodes = [node for path, node in v1.tree.walk() if path.startswith("bin/") and node.kind is EntryKind.FILE]
    assert len(nodes) == 66
    assert len({node.stored_at for node in nodes}) == 1


def test_the_second_version_wastes_less(v1: Analysis, v2: Analysis) -> None:
    assert (v1.waste.stored, v1.waste.wasted) == (4_475_679, 1_301_836)
    assert (v2.waste.stored, v2.waste.wasted) == (3_348_431, 378_982)
    assert copies(v2)["usr/bin/tini", 3].cause is WasteCause.REPLACED
    assert v2.tree.get("srv/app/site/static/logo.svg") is not None


def test_the_three_dresses_of_the_toolbox_hold_one_file_system() -> None:
    seen = [
        [(path, node.entry) for path, node in analysis_of(name).tree.walk()]
        for name in ("toolbox-docker", "toolbox-oci-gzip", "toolbox-oci-zstd")
    ]
    assert len(seen[0]) > 60
    assert seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize("platform", ["linux/amd64", "linux/arm64", "linux/arm/v7"])
def test_each_platform_of_the_toolbox_can_be_chosen(platform: str) -> None:
    image = load_image(str(SAMPLES / "toolbox-multi-platform.tar"), options=LoadOptions(platform=platform))
    chosen = image.platform
    assert [part for part in (chosen.os, chosen.architecture, chosen.variant) if part] == platform.split("/")
