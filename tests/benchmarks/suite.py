"""What is measured, against which yardstick, and what is to be reached."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import Job

SAMPLE = Path(__file__).parents[2] / "sample-images" / "webapp-v1.tar"
OCIANALYZE = (sys.executable, "-m", "ocianalyze")
NAIVE = (sys.executable, "-m", "tests.benchmarks.naive")
SPEEDUP = 4.0
"""How many times faster than tarfile and gzip every form has to be."""
MEMORY_FLOOR = 150_000_000
MEMORY_PER_ENTRY = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One result beside its target: a ratio, seconds or bytes."""

    name: str
    value: float
    target: float
    unit: str
    at_least: bool = False
    """Whether the target is the least that is wanted; else it is the most."""

    @property
    def reached(self) -> bool:
        """Whether the target is met."""
        return self.value >= self.target if self.at_least else self.value <= self.target

    @property
    def twofold_off(self) -> bool:
        """Whether the figure is worse than its target by more than a factor of two."""
        return self.value * 2 < self.target if self.at_least else self.value > self.target * 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Jobs that take turns, and the figures that follow from them."""

    name: str
    jobs: Sequence[Job]
    figures: Callable[[], list[Figure]]


def report_group(home: Path, facts: dict[str, Any], form: str) -> Group:
    """`report --json` of the big image in one *form*, beside a plain tool and the standard library."""
    layers = facts["layers"]
    archive = str(home / f"{form}.tar")
    blobs = [str(home / layer["blobs"][form]["file"]) for layer in layers] if form != "docker" else []
    yardstick, target = {
        "gzip": (Job(name="gzip -dc, layer by layer", command=("gzip", "-dc", *blobs)), 0.4),
        "zstd": (Job(name="zstd -dc, layer by layer", command=("zstd", "-dcq", *blobs)), 1.5),
        "docker": (Job(name="sha256sum of the archive", command=("sha256sum", archive)), 0.5),
    }[form]

    def check_report(output: bytes) -> None:
        _same_diff_ids([layer["diff_id"] for layer in json.loads(output)["layers"]], layers)

    def check_naive(output: bytes) -> None:
        _same_diff_ids([f"sha256:{layer['diff_id']}" for layer in json.loads(output)], layers)

    ours = Job(name=f"report --json, {form}", command=(*OCIANALYZE, "report", archive, "--json"), check=check_report)
    naive = Job(name=f"tarfile and stdlib, {form}", command=(*NAIVE, archive), check=check_naive)
    entries = sum(layer["entries"] for layer in layers)

    def figures() -> list[Figure]:
        wall = ours.median.wall
        memory = MEMORY_FLOOR + MEMORY_PER_ENTRY * entries
        return [
            Figure(
                name=f"{form}: wall / {yardstick.name.split(',')[0]}",
                value=wall / yardstick.median.wall,
                target=target,
                unit="x",
            ),
            Figure(
                name=f"{form}: times faster than tarfile",
                value=naive.median.wall / wall,
                target=SPEEDUP,
                unit="x",
                at_least=True,
            ),
            Figure(name=f"{form}: peak memory", value=ours.median.peak, target=memory, unit="B"),
        ]

    return Group(name=form, jobs=(ours, yardstick, naive), figures=figures)


def diff_group(home: Path, facts: dict[str, Any]) -> Group:
    """`diff` of two versions that share ten of twelve layers, beside one report of the larger."""
    old, new = str(home / "gzip.tar"), str(home / "gzip-next.tar")
    compare = Job(name="diff --json, 10 of 12 shared", command=(*OCIANALYZE, "diff", old, new, "--json"))
    larger = max(old, new, key=lambda path: Path(path).stat().st_size)
    report = Job(name="report --json, the larger", command=(*OCIANALYZE, "report", larger, "--json"))
    entries = sum(layer["entries"] for layer in facts["layers"])

    def figures() -> list[Figure]:
        memory = MEMORY_FLOOR + 2 * MEMORY_PER_ENTRY * entries
        return [
            Figure(
                name="diff: wall / one report", value=compare.median.wall / report.median.wall, target=1.25, unit="x"
            ),
            Figure(name="diff: peak memory", value=compare.median.peak, target=memory, unit="B"),
        ]

    return Group(name="diff", jobs=(compare, report), figures=figures)


def startup_group() -> Group:
    """What a small job costs, where starting is all there is."""
    python = Job(name="python -c pass", command=(sys.executable, "-c", "pass"))
    version = Job(name="--version", command=(*OCIANALYZE, "--version"))
    text = Job(name="report, small sample", command=(*OCIANALYZE, "report", str(SAMPLE)))
    as_json = Job(name="report --json, small sample", command=(*text.command, "--json"))

    def figures() -> list[Figure]:
        return [
            Figure(name=f"{job.name}: wall", value=job.median.wall, target=target, unit="s")
            for job, target in ((version, 0.15), (text, 0.35), (as_json, 0.35))
        ]

    return Group(name="startup", jobs=(version, text, as_json, python), figures=figures)


def _same_diff_ids(found: list[str], layers: list[dict[str, Any]]) -> None:
    expected = [f"sha256:{layer['diff_id']}" for layer in layers]
    if found != expected:
        raise SystemExit(f"wrong result: diff IDs are {found}, expected {expected}")
