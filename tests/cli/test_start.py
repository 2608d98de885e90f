"""What a start costs: the modules that are loaded, and the time."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import pytest

from tests.cli.run import COMMAND, WEBAPP, environment

_PROBE = """
import sys
from ocianalyze.cli.app import app
try:
    app(sys.argv[1:], prog_name="ocianalyze")
except SystemExit:
    pass
print("\\nMODULES", *sorted(sys.modules))
"""
_READING = {"ocianalyze.loading.load", "msgspec", "backports.zstd", "compression.zstd", "isal", "blake3"}


def modules(*args: str) -> set[str]:
    """What is loaded after running ocianalyze with *args*."""
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, *args], capture_output=True, text=True, env=environment(), timeout=60, check=True
    )
    return set(done.stdout.rpartition("MODULES ")[2].split())


@pytest.mark.parametrize(
    "args",
    [["--help"], ["--version"], ["report", WEBAPP], ["report", WEBAPP, "--json"], ["ls", WEBAPP], ["changes", WEBAPP]],
)
def test_no_command_but_browse_loads_textual(args: list[str]) -> None:
    loaded = modules(*args)
    assert "ocianalyze.cli.app" in loaded
    assert not {name for name in loaded if name.partition(".")[0] in {"textual", "pydantic", "jinja2"}}


def test_the_version_loads_next_to_nothing() -> None:
    assert not modules("--version") & (_READING | {"rich.console", "ocianalyze.report.values.report"})


def test_a_command_loads_no_other_command() -> None:
    others = {
        "ocianalyze.cli.report",
        "ocianalyze.cli.rules",
        "ocianalyze.cli.diff",
        "ocianalyze.report.compose.report",
    }
    assert not modules("--version") & {*others, "ocianalyze.cli.listing"}
    loaded = modules("ls", WEBAPP)
    assert "ocianalyze.cli.listing" in loaded
    assert not loaded & others


def test_help_reads_no_images() -> None:
    assert not modules("--help") & (_READING | {"ocianalyze.report.words"})


def test_piped_json_draws_nothing() -> None:
    assert not modules("report", WEBAPP, "--json") & {"rich.console", "rich.progress", "rich.table"}


def test_a_report_on_one_image_loads_no_comparison_of_two() -> None:
    assert "ocianalyze.analysis.compare.imagediff" not in modules("report", WEBAPP)


@pytest.mark.perf
@pytest.mark.parametrize(("args", "allowed"), [(["--version"], 0.15), (["report", WEBAPP], 0.35)])
def test_a_start_is_quick(args: list[str], allowed: float) -> None:
    times = []
    for _ in range(11):
        begun = time.perf_counter()
        subprocess.run([*COMMAND, *args], stdout=subprocess.DEVNULL, env=environment(), timeout=60, check=True)
        times.append(time.perf_counter() - begun)
    median = statistics.median(times)
    print(f"{' '.join(args[:1])}: median of {len(times)} runs {median:.3f} s, aim {allowed} s")
    assert median < 2 * allowed
