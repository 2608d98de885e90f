"""In a workflow of GitHub's, failures are annotations too, and the report is on the summary page."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ocianalyze import api
from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.cli.diagnostics import annotate
from ocianalyze.model.documents import Runtime
from tests.builders import build_image, file, layer, whiteout
from tests.cli.run import WEBAPP, run
from tests.tui.sample import Shown


@pytest.fixture(autouse=True)
def workflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))


def test_a_failure_is_an_annotation_on_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "::error title=ocianalyze%3A max-layers::max-layers: 12; at most 1 is allowed\n"
    done = run("report", WEBAPP, "--json", "--max-layers", "1")
    assert done.returncode == 1
    assert line in done.stderr
    assert "::error" not in done.stdout
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert "::error" not in run("report", WEBAPP, "--max-layers", "1").stderr


def test_an_expired_exception_is_a_warning(tmp_path: Path) -> None:
    day = datetime.now().astimezone().date() - timedelta(days=2)
    entry = f'max-layers = 12\n[[ignore]]\nrule = "max-layers"\nreason = "legacy"\nexpires = {day}\n'
    (tmp_path / ".ocianalyze.toml").write_text(entry)
    done = run("report", WEBAPP)
    assert done.returncode == 0
    assert "::warning title=ocianalyze%3A max-layers::the ignore entry of max-layers expired on" in done.stderr


def test_the_summary_is_appended_to(tmp_path: Path) -> None:
    (tmp_path / "summary").write_text("before\n")
    markdown = run("report", WEBAPP, "--format", "markdown").stdout
    assert (tmp_path / "summary").read_text() == f"before\n{markdown}\n"


def test_a_summary_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/nowhere/summary")
    done = run("report", WEBAPP)
    assert done.returncode == 2
    assert "GITHUB_STEP_SUMMARY: cannot write /nowhere/summary: No such file or directory" in done.stderr


def test_no_name_becomes_a_command_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    annotate("error", "a,b:c", "100%\n::set-output name=x::y")
    assert capfd.readouterr().err == "::error title=a%2Cb%3Ac::100%25\\n::set-output name=x::y\n"


def test_nothing_in_the_image_is_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = ("::set-output name=passed::true", "COPY a ##[add-mask]b", "  ::stop-commands::x")
    label = "##[set-env name=A;]b"
    # So long that the head of the report breaks its line before the command.
    secret = f"srv/{'a' * 80} ::set-output name=passed::true/.env"
    layers = [layer(file("a", 5), file(secret, 1)), layer(file("a", 6), whiteout(secret)), layer(file("a", 7))]
    image = build_image(*layers, created_by=evil, runtime=Runtime(labels={"l": label}), names=("##[command]",))
    monkeypatch.setattr(api, "open_image", lambda *_, **__: Shown(analyze(image)))
    done = run("report", "any.tar", "--required-label", "l=1")
    assert ": :set-output name=passed::true" in done.stdout
    for line in (done.stdout + done.stderr).splitlines():
        assert not line.lstrip().startswith("::") or line.startswith("::error title=")
        assert "##[" not in line or line.startswith("::error title=")
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert re.search("^ *::set-output", run("report", "any.tar").stdout, re.MULTILINE)
