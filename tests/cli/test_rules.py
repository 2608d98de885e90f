"""Rules from options, the environment and files: what holds, what is told, and how the run ends."""

from __future__ import annotations

import json
import os
import tarfile
import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from ocianalyze.analysis.rules import NAMES
from ocianalyze.report.schema import report_schema
from tests.cli.run import ROOT, WEBAPP, run


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory without rules."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    return tmp_path


TOML = ".ocianalyze.toml"
Write = Callable[[str, str], None]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, text: str) -> None:
        (tmp_path / name).write_text(text)

    return write


def verdict(*args: str, code: int) -> dict[str, object]:
    done = run("report", WEBAPP, "--json", *args)
    assert done.returncode == code, done.stderr
    report = json.loads(done.stdout)
    jsonschema.Draft202012Validator(report_schema()).validate(report)
    found = report["verdict"]
    assert isinstance(found, dict)
    return found


def failed(*args: str, code: int = 1) -> list[str]:
    failures = verdict(*args, code=code)["failures"]
    assert isinstance(failures, list)
    return [failure["rule"] for failure in failures]


def test_without_rules_there_is_no_verdict() -> None:
    done = run("report", WEBAPP, "--json")
    assert done.returncode == 0
    assert "verdict" not in json.loads(done.stdout)
    assert "Rules" not in run("report", WEBAPP).stdout


def test_a_failed_rule_is_told_with_limit_and_value() -> None:
    done = run("report", WEBAPP, "--max-wasted", "1MB", "--max-layers", "12")
    assert done.returncode == 1
    assert done.stderr == "ocianalyze: failed: max-wasted: 1.3 MB; at most 1.0 MB is allowed\n"
    assert "Failed: 1 failure of 2 rules" in done.stdout
    assert "/usr/bin/tini-static" in done.stdout
    largest = run("report", WEBAPP, "--max-layer-size", "1MB").stderr
    assert largest == "ocianalyze: failed: max-layer-size: 2.0 MB in layer 0; at most 1.0 MB is allowed\n"
    passed = run("report", WEBAPP, "--max-layers", "12")
    assert (passed.returncode, passed.stderr) == (0, "")
    assert "Passed: 1 rule\n" in passed.stdout


def test_the_option_wins_over_the_environment_and_that_over_the_file(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(".ocianalyze.toml", 'max-layers = 1\nmax-wasted = "1B"\nmax-files = 1\n')
    assert failed() == ["max-wasted", "max-layers", "max-files"]
    monkeypatch.setenv("OCIANALYZE_MAX_LAYERS", "12")
    assert failed() == ["max-wasted", "max-files"]
    monkeypatch.setenv("OCIANALYZE_MAX_FILES", "2")
    assert failed("--max-wasted", "off", "--max-files", "1000", code=0) == []


def test_every_kind_of_rule_can_stand_in_a_file(write: Write) -> None:
    write(
        "pyproject.toml",
        """
        [tool.ocianalyze]
        min-efficiency = "99%"
        no-setuid = true
        user-not-root = true
        forbidden-path = ["/srv/**/*.js"]
        required-path = ["/etc/passwd", { path = "/usr/bin/tini", mode = "0000" }]
        required-label = ["com.example.none"]
        forbidden-env = ["PATH"]
        [tool.ocianalyze.budget]
        "/srv/**" = "1kB"
        """,
    )
    expected = ["min-efficiency", "budget", "forbidden-path", "required-path", "required-label", "forbidden-env"]
    assert failed() == expected
    assert verdict(code=1)["rules"] == 9


def test_lists_come_from_options_and_the_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    options = ("--forbidden-path", "/none", "--forbidden-path", "/etc/passwd", "--budget", "/srv/**=1kB")
    assert failed(*options) == ["budget", "forbidden-path"]
    monkeypatch.setenv("OCIANALYZE_FORBIDDEN_PATH", "/none;/etc/passwd")
    assert failed() == ["forbidden-path"]


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


def without_layer(index: int, to: Path) -> None:
    """WEBAPP without the blob of one layer."""
    layers = json.loads(run("report", WEBAPP, "--json").stdout)["layers"]
    lost = layers[index]["digest"].partition(":")[2]
    with tarfile.open(WEBAPP) as old, tarfile.open(to, "w") as new:
        for member in old:
            if not member.name.endswith(lost):
                new.addfile(member, old.extractfile(member) if member.isfile() else None)


def test_a_gate_does_not_pass_on_what_it_has_not_seen(tmp_path: Path) -> None:
    without_layer(3, tmp_path / "part.tar")
    rules = ("--max-size", "1GB", "--no-setuid", "--max-layers", "12", "--max-wasted", "1")
    done = run("report", "part.tar", "--partial", *rules)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "ocianalyze: failed: max-wasted: 566.0 kB; at most 1 B is allowed",
        "ocianalyze: failed: max-size: not judged: layer 3 is missing",
        "ocianalyze: failed: no-setuid: not judged: layer 3 is missing",
    ]
    assert run("report", "part.tar", "--partial", "--max-layers", "12").returncode == 0
    assert run("report", "part.tar", *rules).returncode == 3


def test_an_image_with_missing_layers_is_no_baseline(tmp_path: Path) -> None:
    without_layer(3, tmp_path / "part.tar")
    assert run("report", "part.tar", "--partial", "-o", "part.json").returncode == 0
    growth = ("--max-growth", "90%", "--baseline")
    done = run("report", WEBAPP, *growth, "part.json")
    assert done.returncode == 3
    assert "the baseline, part.json: the report is of an image with missing layers\nhint: make it again" in done.stderr
    assert run("report", WEBAPP, "--partial", *growth, "part.tar").returncode == 3


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
            f"{TOML}: required-path: kind=folder: there is no such type",
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


def test_mistakes_elsewhere_name_the_option_or_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "error: --max-size: 'x' is no size" in run("report", WEBAPP, "--max-size", "x").stderr
    monkeypatch.setenv("OCIANALYZE_MAX_SIZE", "y")
    assert "error: OCIANALYZE_MAX_SIZE: 'y' is no size" in run("report", WEBAPP).stderr
    done = run("report", WEBAPP, "--config", "gone.toml")
    assert (done.returncode, done.stderr) == (
        2,
        "ocianalyze: error: cannot read gone.toml: No such file or directory\n",
    )


def test_a_variable_that_is_nearly_a_rule_does_not_go_unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCIANALYZE_IMAGE", "web.tar")
    assert run("report", WEBAPP).returncode == 0
    monkeypatch.setenv("OCIANALYZE_MAX_WASTE", "5MB")
    done = run("report", WEBAPP)
    assert done.returncode == 2
    assert done.stderr == (
        "ocianalyze: error: OCIANALYZE_MAX_WASTE: there is no rule 'max-waste'\n"
        "hint: did you mean OCIANALYZE_MAX_WASTED?\n"
    )


def test_a_variable_switches_off_what_a_file_says(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write(TOML, 'forbidden-path = ["/etc/passwd"]\nno-setuid = true\nmax-layers = 12\n')
    assert failed() == ["forbidden-path"]
    monkeypatch.setenv("OCIANALYZE_NO_SETUID", "off")
    checked = verdict("--forbidden-path", "off", code=0)["checked"]
    assert checked == [{"rule": "max-layers", "subject": ""}]


def test_another_tools_project_file_may_be_as_it_likes(write: Write) -> None:
    write("pyproject.toml", "[[[")
    assert run("report", WEBAPP).returncode == 0


def test_one_run_writes_every_format_beside_standard_output(tmp_path: Path) -> None:
    names = ("out.json", "out.md", "text:out", "out.sarif", "junit:out.xml", "html:page")
    args = ("--max-layers", "1", *(part for name in names for part in ("-o", name)))
    done = run("report", WEBAPP, *args)
    assert done.returncode == 1
    assert (tmp_path / "out").read_text() == done.stdout == run("report", WEBAPP, "--max-layers", "1").stdout
    assert (tmp_path / "out.json").read_text() == run("report", WEBAPP, "--max-layers", "1", "--json").stdout
    assert (tmp_path / "out.md").read_text() == run(
        "report", WEBAPP, "--max-layers", "1", "--format", "markdown"
    ).stdout
    assert json.loads((tmp_path / "out.sarif").read_text())["version"] == "2.1.0"
    assert (tmp_path / "page").read_text() == run("report", WEBAPP, "--max-layers", "1", "--format", "html").stdout
    assert '<failure type="max-layers"' in (tmp_path / "out.xml").read_text()
    assert run("report", WEBAPP, "-o", "out.json", "-o", "json:out.json").returncode == 2


def test_a_file_whose_name_tells_no_format_is_asked_about(tmp_path: Path) -> None:
    done = run("report", WEBAPP, "-o", "out.xml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ocianalyze: error: -o out.xml: the name tells no format\nhint: known are .txt, ")
    assert "junit:out.xml" in done.stderr
    assert run("report", WEBAPP, "-o", "out").stdout == ""
    assert (tmp_path / "out").read_text() == run("report", WEBAPP).stdout
    assert run("report", WEBAPP, "-o", "out.xml", "--format", "junit").returncode == 0
    assert (tmp_path / "out.xml").read_text().startswith("<?xml")


def test_the_example_in_the_documentation_has_every_rule(write: Write) -> None:
    page = (ROOT / "docs" / "rules.md").read_text()
    example = page.partition("```toml\n")[2].partition("```")[0]
    write(TOML, example)
    assert run("report", WEBAPP, "-o", "before.json", "--config", os.devnull).returncode == 0
    checked = verdict(code=1)["checked"]
    assert isinstance(checked, list)
    assert {row["rule"] for row in checked} == set(NAMES) == tomllib.loads(example).keys() - {"ignore", "baseline"}
