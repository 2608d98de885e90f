"""CONTRIBUTING.md and docs/architecture.md: their examples run, and what they name is there."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from ocianalyze.analysis.rules.case import case
from ocianalyze.analysis.rules.given import Given
from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.cli.options import grouped
from ocianalyze.report.compose.report import report_document
from ocianalyze.sources.source import OpenOptions
from tests.builders import build_image, file, layer
from tests.cli.run import ROOT, WEBAPP
from tests.tui.acting import text_of
from tests.tui.sample import explore, sample_app

TEXTS = {name: (ROOT / name).read_text() for name in ("CONTRIBUTING.md", "docs/architecture.md")}


def example(of: str) -> dict[str, Any]:
    """What the example under the heading *of* defines."""
    (section,) = re.findall(rf"^### {of}\n(.*?)(?=^##)", TEXTS["CONTRIBUTING.md"], re.DOTALL | re.MULTILINE)
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, of, "exec"), names)
    return names


def test_the_rule_judges() -> None:
    rule = example("a rule")["MAX_STEPS"]
    image = analyze(build_image(layer(file("a", 1)), layer(file("b", 1))))
    found = {}
    for value in ("1", "2"):
        demands = list(rule.parse(Given(value=value, where="here")))
        found[value] = [one.message for one in rule.judge(case(image, None, []), demands)]
    assert found == {"1": ["max-steps: 2; at most 1 is allowed"], "2": []}


def test_the_check_takes_its_paths_and_names_its_layer() -> None:
    check = example("a check")["BYTECODE"]
    assert check.fits_path("app/a.pyc")
    assert not check.fits_path("app/a.py")
    assert check.remedy.format(written=1, hidden=2) == "set PYTHONDONTWRITEBYTECODE=1 in layer 1"


def test_the_source_opens(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    source = example("a source")["MOUNTED"].open(str(tmp_path), OpenOptions())
    assert len(source.images()) == 1
    source.close()


def test_the_format_writes() -> None:
    out = io.StringIO()
    example("a format")["write"](report_document(analyze(build_image(layer(file("a", 1500))))), out)
    assert out.getvalue() == "1.5 kB\n"


def test_the_command_runs() -> None:
    app = typer.Typer()
    app.command()(grouped(example("a command")["users"]))
    done = CliRunner().invoke(app, [WEBAPP])
    assert (done.exit_code, done.stdout) == (0, "0\n1000\n")


async def test_the_screen_draws() -> None:
    app = sample_app()
    async with app.run_test(size=(80, 24)) as pilot:
        index = explore(app).index
        await app.push_screen(example("a screen")["CountScreen"](index))
        await pilot.pause()
        assert f"{len(index.paths):,} paths" in text_of(app)
        assert "Refresh" in text_of(app)


@pytest.mark.parametrize("name", TEXTS)
def test_every_path_that_is_named_is_there(name: str) -> None:
    """Paths stand in backticks; below `ocianalyze/`, as in docs/architecture.md, or below the repository."""
    prose = re.sub(r"```.*?```", "", TEXTS[name], flags=re.DOTALL)
    named = {word for word in re.findall(r"`([\w./-]+)`", prose) if "/" in word}
    assert len(named) > 10
    near = (ROOT, ROOT / "ocianalyze")
    assert [one for one in sorted(named) if not any((place / one).exists() for place in near)] == []
