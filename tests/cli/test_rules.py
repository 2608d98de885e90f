"""Rules from options, the environment and files: which wins, what is told, and how the run ends."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from tests.cli.judging import TOML, Write, failed, verdict
from tests.cli.run import WEBAPP, run

pytestmark = pytest.mark.usefixtures("elsewhere")


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
        "ocianalyze: layer 3 is missing: what is said of the others may be otherwise in the whole image",
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
