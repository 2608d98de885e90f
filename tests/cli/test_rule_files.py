"""Files of rules, ours and dive's: which is taken, exceptions that expire, and mistakes in them."""

from __future__ import annotations

import json
import os
import tomllib
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ocianalyze.analysis.rules.table import OPTIONS
from tests.cli.judging import TOML, Write, failed, verdict
from tests.cli.run import ROOT, WEBAPP, run

pytestmark = pytest.mark.usefixtures("elsewhere")


def test_a_dive_ci_file_works_as_it_is(write: Write) -> None:
    write(
        ".dive-ci", "rules:\n  lowestEfficiency: '0.99'\n  highestWastedBytes: 20MB\n  highestUserWastedPercent: 0.20\n"
    )
    assert failed() == ["lowestEfficiency", "highestUserWastedPercent"]
    dive = json.loads(run("report", WEBAPP, "--json").stdout)["dive_compat"]
    failures = verdict(code=1)["failures"]
    assert isinstance(failures, list)
    assert [failure["value"] for failure in failures] == [dive["efficiencyScore"], dive["userWastedPercent"]]
    write(".dive-ci", "rules:\n  lowestEfficiency: disabled\n  highestUserWastedPercent: 0.99\n")
    assert failed(code=0) == []
    write(".dive-ci", "")  # dive's own limits
    assert failed() == ["lowestEfficiency", "highestUserWastedPercent"]
    write(".ocianalyze.toml", "max-layers = 12\n")
    assert failed(code=0) == []


def test_it_is_said_which_file_the_rules_are_from(write: Write) -> None:
    note = "ocianalyze: the rules are those of .dive-ci, as dive would apply them; --config names another file\n"
    write(".dive-ci", "rules: {lowestEfficiency: 0.5, highestUserWastedPercent: 0.5}")
    done = run("report", WEBAPP)
    assert done.stderr.startswith(note)
    assert "Failed: 1 failure of 2 rules (.dive-ci)\n" in done.stdout
    assert "highestUserWastedPercent: 75.8% by dive's formula; at most 50% is allowed\n" in done.stdout
    assert verdict(code=1)["config"] == ".dive-ci"
    assert note not in run("report", WEBAPP, "--config", ".dive-ci").stderr
    write("pyproject.toml", "[tool.ocianalyze]\nmax-layers = 12")
    done = run("report", WEBAPP)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Passed: 1 rule (pyproject.toml)\n" in done.stdout
    assert verdict("--config", os.devnull, "--max-layers", "12", code=0)["config"] == os.devnull
    (Path.cwd() / "pyproject.toml").unlink()
    (Path.cwd() / ".dive-ci").unlink()
    assert verdict("--max-layers", "12", code=0)["config"] is None


def test_a_named_file_takes_the_place_of_those_found(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write(".ocianalyze.toml", "max-layers = 1\n")
    write("other.toml", "max-layers = 12\n")
    write("ci.yaml", "rules: {lowestEfficiency: 0.99, highestUserWastedPercent: disabled}\n")
    assert failed("--config", "other.toml", code=0) == []
    assert failed("--config", "ci.yaml") == ["lowestEfficiency"]
    monkeypatch.setenv("OCIANALYZE_CONFIG", "other.toml")
    assert failed(code=0) == []


def test_an_exception_holds_until_it_expires(write: Write) -> None:
    today = datetime.now().astimezone().date()
    entry = 'max-layers = 1\n[[ignore]]\nrule = "max-layers"\nreason = "legacy"\nexpires = {}\n'
    write(".ocianalyze.toml", entry.format(today + timedelta(days=1)))
    found = run("report", WEBAPP)
    assert (found.returncode, found.stderr) == (0, "")
    assert "max-layers: 12; at most 1 is allowed (ignored until " in found.stdout
    yesterday = today - timedelta(days=1)
    write(".ocianalyze.toml", entry.format(yesterday))
    found = run("report", WEBAPP)
    assert found.returncode == 1
    notice = f"the ignore entry of max-layers expired on {yesterday}; the rule applies again (legacy)"
    assert found.stderr.splitlines()[0] == f"ocianalyze: {notice}"


@pytest.mark.parametrize(
    ("name", "text", "error", "hint"),
    [
        (TOML, "max-waste = 1", f"{TOML}: there is no rule 'max-waste'", "did you mean 'max-wasted'?"),
        (TOML, "max_wasted = 1", f"{TOML}: there is no rule 'max_wasted'", "did you mean 'max-wasted'?"),
        (TOML, "max-size = 'x'", f"{TOML}: max-size: 'x' is no size", "expected something like"),
        (TOML, "max-size", f"{TOML}: not valid TOML: ", ""),
        (TOML, "max-size = 5.5", f"{TOML}: max-size: '5.5' is no size", "expected something like"),
        (TOML, "forbidden-path = '/a'", f"{TOML}: forbidden-path: expected a list of texts", 'expected ["/a"]'),
        (TOML, "[tool.ocianalyze]\nmax-size = 5", f"{TOML}: rules stand at the top", "leave [tool.ocianalyze] out"),
        (
            TOML,
            "required-path = [{path='/a', mode=0o755}]",
            f"{TOML}: required-path: mode: expected a text, not 493",
            'as in mode = "0755"',
        ),
        (
            TOML,
            "required-path = [{path='/a', kind='folder'}]",
            f"{TOML}: required-path, kind: there is no type 'folder'",
            "expected one of f, d, l",
        ),
        ("pyproject.toml", "[tool.ocianalyze]\nmax-layers='x'", "pyproject.toml: tool.ocianalyze.max-layers: ", ""),
        ("pyproject.toml", "[tool]\nocianalyze = 3", "pyproject.toml: tool.ocianalyze: expected a table", ""),
        (".dive-ci", "rules: {lowestEficiency: 1}", ".dive-ci: rules: there is no rule of", "'lowestEfficiency'"),
        (".dive-ci", "rules: [", ".dive-ci: not valid YAML: ", ""),
        (".dive-ci", "rules: 3", ".dive-ci: rules: expected a mapping", ""),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file_is_told_with_its_key(write: Write, name: str, text: str, error: str, hint: str) -> None:
    write(name, text)
    done = run("report", WEBAPP)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"ocianalyze: error: {error}")
    assert hint in done.stderr


def test_another_tools_project_file_may_be_as_it_likes(write: Write) -> None:
    write("pyproject.toml", "[[[")
    assert run("report", WEBAPP).returncode == 0


def test_the_example_in_the_documentation_has_every_rule(write: Write) -> None:
    page = (ROOT / "docs" / "rules.md").read_text()
    example = page.partition("```toml\n")[2].partition("```")[0]
    write(TOML, example)
    assert run("report", WEBAPP, "-o", "before.json", "--config", os.devnull).returncode == 0
    checked = verdict(code=1)["checked"]
    assert isinstance(checked, list)
    assert (
        {row["rule"] for row in checked}
        == {rule.name for rule in OPTIONS}
        == tomllib.loads(example).keys() - {"ignore", "baseline"}
    )
