"""The command: build the image once, measure, print a table and the figures beside their targets."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.build import FORMAT
from tests.benchmarks.measure import Job, take_turns
from tests.benchmarks.suite import Figure, Group, diff_group, report_group, startup_group

FORMS = ("gzip", "zstd", "docker")
STARTUP_ROUNDS = 11
BYTES_AT_FULL_SCALE = 7_500_000_000
"""Four archives, the compressed layers on their own, and the largest layer while it is built."""


def main() -> int:
    """Measure what was asked for; 1 only with --check."""
    options = _arguments()
    home = options.dir / f"image-{FORMAT}-{options.scale:g}"
    home.parent.mkdir(parents=True, exist_ok=True)
    wanted = options.only or [*FORMS, "diff", "startup"]
    groups = [startup_group()] if "startup" in wanted else []
    if {*FORMS, "diff"} & set(wanted):
        facts = _image(home, options.scale)
        if "diff" in wanted:
            groups.append(diff_group(home, facts))
        groups += [report_group(home, facts, form) for form in FORMS if form in wanted]
    for group in groups:
        rounds = STARTUP_ROUNDS if group.name == "startup" else options.rounds
        print(f"measuring {group.name}: {rounds} rounds", file=sys.stderr)
        take_turns(group.jobs, rounds, options.dir / "output")
    figures = [figure for group in groups for figure in group.figures()]
    if options.json:
        print(json.dumps(_as_json(groups, figures, options.scale), indent=1))
    else:
        _print_tables(groups, figures, options.scale)
    return int(options.check and any(figure.twofold_off for figure in figures))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="size of the image: 1 is 2.5 GB, 200,000 files")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each command; the median counts")
    parser.add_argument(
        "--only", action="append", choices=[*FORMS, "diff", "startup"], help="a part; may come several times"
    )
    parser.add_argument(
        "--dir",
        type=Path,
        default=Path(tempfile.gettempdir()) / "ocianalyze-benchmarks",
        help="where the image is built and kept (7.5 GB at full scale; default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--check", action="store_true", help="exit 1 if a figure misses its target twofold")
    return parser.parse_args()


def _image(home: Path, scale: float) -> dict[str, object]:
    """The facts of the image in *home*, built now unless it is there."""
    facts = home / "facts.json"
    if not (home / "gzip-next.tar").exists():
        free, needed = shutil.disk_usage(home.parent).free, int(BYTES_AT_FULL_SCALE * scale)
        if free < needed:
            raise SystemExit(f"{home.parent} has {free:,} bytes free; the image needs {needed:,}: see --dir")
        print(f"building the image in {home}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "tests.benchmarks.build", str(home), str(scale)], check=True)
    return dict(json.loads(facts.read_text()))


def _print_tables(groups: Sequence[Group], figures: Sequence[Figure], scale: float) -> None:
    print(f"scale {scale:g}, {os.cpu_count()} cores, Python {platform.python_version()}, medians\n")
    print(f"{'command':34}{'wall s':>9}{'cpu s':>9}{'peak MB':>9}{'rounds':>8}")
    for job in (job for group in groups for job in group.jobs):
        cost = job.median
        print(f"{job.name:34}{cost.wall:9.3f}{cost.cpu:9.3f}{cost.peak / 1e6:9.1f}{len(job.costs):8}")
    note = "" if scale == 1 else "  (of scale 1: a smaller image takes little more than starting up)"
    print(f"\n{'figure':44}{'value':>10}{'target':>12}{note}")
    for figure in figures:
        sign = ">=" if figure.at_least else "<="
        target = f"{sign} {_number(figure.target, figure.unit)}"
        print(
            f"{figure.name:44}{_number(figure.value, figure.unit):>10}{target:>12}"
            f"  {'reached' if figure.reached else 'missed'}"
        )


def _number(value: float, unit: str) -> str:
    return f"{value / 1e6:.0f} MB" if unit == "B" else f"{value:.2f} {unit}"


def _as_json(groups: Sequence[Group], figures: Sequence[Figure], scale: float) -> dict[str, object]:
    def of(job: Job) -> dict[str, object]:
        return {"name": job.name, "median": asdict(job.median), "runs": [asdict(cost) for cost in job.costs]}

    return {
        "scale": scale,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "jobs": [of(job) for group in groups for job in group.jobs],
        "figures": [asdict(figure) | {"reached": figure.reached} for figure in figures],
    }


if __name__ == "__main__":
    sys.exit(main())
