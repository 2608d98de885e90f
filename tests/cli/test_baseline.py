"""`--baseline`: an earlier report, or the earlier image, and what is told of the difference."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.run import SAMPLES, WEBAPP, run

V2 = str(SAMPLES / "webapp-v2.tar")
pytestmark = pytest.mark.usefixtures("elsewhere")


def test_a_report_and_the_image_itself_are_the_same_baseline(tmp_path: Path) -> None:
    assert run("report", V2, "-o", "old.json").returncode == 0
    found = {}
    for name in ("old.json", V2):
        done = run("report", WEBAPP, "--json", "--baseline", name, "--max-new-waste", "0", "--max-growth", "1%")
        assert done.returncode == 1
        report = json.loads(done.stdout)
        assert report["baseline"].pop("source") == name
        found[name] = (report["baseline"], report["verdict"])
    assert found["old.json"] == found[V2]
    old, new = json.loads((tmp_path / "old.json").read_text()), json.loads(run("report", WEBAPP, "--json").stdout)
    baseline, verdict = found[V2]
    assert baseline["size_delta"] == new["image"]["merged"]["size"] - old["image"]["merged"]["size"]
    assert baseline["wasted_delta"] == new["waste"]["wasted"] - old["waste"]["wasted"] > 0
    assert baseline["files_delta"] == new["image"]["merged"]["files"] - old["image"]["merged"]["files"]
    assert verdict["failures"][-1]["value"] == baseline["wasted_delta"]


def test_the_difference_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("report", WEBAPP, "--baseline", WEBAPP, "--max-growth", "0%", "--max-new-files", "0")
    assert done.returncode == 0
    assert "Growth 0 B (+0%), 0 B wasted, +0 files since /" in " ".join(done.stdout.split())
    monkeypatch.setenv("OCIANALYZE_BASELINE", V2)
    done = run("report", WEBAPP, "--max-new-waste", "1kB", "--format", "markdown")
    assert (
        "ocianalyze: failed: max-new-waste: 922.9 kB more than the baseline; at most 1.0 kB is allowed" in done.stderr
    )
    assert "Since the baseline" in done.stdout


def test_rules_about_growth_ask_for_a_baseline(tmp_path: Path) -> None:
    (tmp_path / ".ocianalyze.toml").write_text('max-growth = "3%"\n')
    done = run("report", WEBAPP)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ocianalyze: error: .ocianalyze.toml: max-growth: max-growth needs a baseline\n")
    assert run("report", WEBAPP, "--max-growth", "off").returncode == 0
    (tmp_path / ".ocianalyze.toml").write_text(f'max-growth = "3%"\nbaseline = "{WEBAPP}"\n')
    assert run("report", WEBAPP).returncode == 0


@pytest.mark.parametrize(
    ("text", "code", "error"),
    [
        ("{}", 3, "error: the baseline, old.json: not a report of the form ocianalyze-report/1"),
        ('{"schema": "ocianalyze-report/1"}', 3, "error: the baseline, old.json: object missing required field image"),
        ("{", 3, "error: the baseline, old.json: not valid JSON"),
        ("hello", 3, "error: the baseline: old.json is not a tar archive"),
        (None, 2, "error: cannot read the baseline old.json: No such file or directory"),
    ],
)  # fmt: skip
def test_what_is_no_baseline_is_told_as_that(tmp_path: Path, text: str | None, code: int, error: str) -> None:
    if text is not None:
        (tmp_path / "old.json").write_text(text)
    done = run("report", WEBAPP, "--baseline", "old.json", "--max-growth", "1%")
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(f"ocianalyze: {error}")


def test_names_that_are_not_utf8_are_found_again(tmp_path: Path) -> None:
    report = json.loads(run("report", WEBAPP, "--json").stdout)
    report["waste"]["paths"][0]["path"] = "\udcff"
    (tmp_path / "old.json").write_text(json.dumps(report))
    assert run("report", WEBAPP, "--baseline", "old.json", "--max-new-waste", "0").returncode == 0
