"""The pieces for other projects' CI: their steps are run as the CI system would run them, on a sample image."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.ci.checkout import checkout
from tests.cli.run import ROOT, WEBAPP

ACTION = ROOT / ".github" / "actions" / "ocianalyze" / "action.yml"
GITLAB = ROOT / "docs" / "ci" / "gitlab.yml"
PAGE = ROOT / "docs" / "ci.md"
BIN = Path(sys.executable).parent
PRE_COMMIT = shutil.which("pre-commit", path=BIN) or shutil.which("pre-commit")
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
"""As `shell: bash` means it."""


def action() -> Any:
    return yaml.safe_load(ACTION.read_text())


def step(name: str) -> Any:
    (found,) = [one for one in action()["runs"]["steps"] if one["id"] == name]
    return found


def environment(**more: str) -> dict[str, str]:
    """Without what this run's own CI says."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "OCIANALYZE_", "GIT_"))}
    return kept | more


def run(command: list[str], where: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=where, env=environment(**variables), capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """RUNNER_TEMP after the step that installs."""
    made = tmp_path_factory.mktemp("runner")
    where = {"RUNNER_TEMP": str(made), "GITHUB_ACTION_PATH": str(ACTION.parent), "PYTHON": sys.executable}
    done = run([*BASH, "-c", step("install")["run"]], made, **where)
    assert done.returncode == 0, done.stderr
    return made


Act = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def act(runner: Path, tmp_path: Path) -> Act:
    """The step that reports, with inputs; what is not given has its default."""

    def act(**inputs: str) -> subprocess.CompletedProcess[str]:
        known = action()["inputs"]
        assert inputs.keys() <= known.keys()
        values = {name: inputs.get(name, one.get("default", "")) for name, one in known.items()}
        variables = {
            name: values[re.fullmatch(r"\$\{\{ inputs\.([a-z]+) \}\}", value)[1]]  # type: ignore[index]
            for name, value in step("report")["env"].items()
        }
        (tmp_path / "output").write_text("")
        return run(
            [*BASH, "-c", step("report")["run"]],
            tmp_path,
            **variables,
            GITHUB_ACTIONS="true",
            GITHUB_OUTPUT=str(tmp_path / "output"),
            GITHUB_STEP_SUMMARY=str(tmp_path / "summary"),
            RUNNER_TEMP=str(runner),
        )

    return act


def outputs(tmp_path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (tmp_path / "output").read_text().splitlines())


REPORTS = ["junit.xml", "report.html", "report.json", "report.md", "report.sarif"]


def test_the_action_passes_and_leaves_every_report(act: Act, tmp_path: Path) -> None:
    done = act(image=WEBAPP, options="--max-layers 12\n\n  --required-label=org.opencontainers.image.title\n")
    assert done.returncode == 0, done.stderr
    assert "Passed: 2 rules" in done.stdout
    assert outputs(tmp_path) == {"passed": "true", "exit-code": "0"}
    assert sorted(one.name for one in (tmp_path / "ocianalyze-reports").iterdir()) == REPORTS
    assert "### ✅ Passed: 2 rules\n" in (tmp_path / "summary").read_text()
    assert (tmp_path / "ocianalyze-reports" / "report.md").read_text() in (tmp_path / "summary").read_text()


def test_the_action_fails_with_an_annotation_for_each_rule(act: Act, tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text("max-layers = 3\nmax-new-files = 0\n")
    assert act(image=WEBAPP, reports="before").returncode == 0
    shutil.copy(tmp_path / "before" / "report.json", tmp_path / "base.json")
    done = act(image=WEBAPP, config="rules.toml", baseline="base.json", reports="a b")
    assert done.returncode == 1
    assert "::error title=ocianalyze%3A max-layers::max-layers: 12; at most 3 is allowed\n" in done.stderr
    assert outputs(tmp_path) == {"passed": "false", "exit-code": "1"}
    verdict = json.loads((tmp_path / "a b" / "report.json").read_text())["verdict"]
    assert [row["rule"] for row in verdict["checked"]] == ["max-layers", "max-new-files"]
    (suite,) = ET.parse(tmp_path / "a b" / "junit.xml").getroot()
    assert suite.get("failures") == "1"


def test_the_action_can_report_without_failing(act: Act, tmp_path: Path) -> None:
    assert act(image=WEBAPP, options="--max-layers 3", fail="false").returncode == 0
    assert outputs(tmp_path) == {"passed": "false", "exit-code": "1"}
    # That is for rules only.
    assert act(image="gone.tar", fail="false").returncode == 3
    assert outputs(tmp_path) == {"passed": "false", "exit-code": "3"}
    assert act(image=WEBAPP, options="--max-layer 3", fail="false").returncode == 2


def test_no_input_of_the_action_is_a_command(act: Act, tmp_path: Path) -> None:
    assert not [one["run"] for one in action()["runs"]["steps"] if "${{" in one["run"]]
    evil = "$(touch pwned) `touch pwned`; touch pwned #'\" *"
    for name in ("image", "config", "baseline", "options", "reports"):
        act(**({"image": WEBAPP} | {name: evil}))
    assert act(image="--help").returncode == 3  # a file of that name, which is not there
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize(("schema", "file"), [("github-actions", ACTION), ("gitlab-ci", GITLAB)])
def test_a_piece_has_the_form_that_its_ci_system_wants(schema: str, file: Path) -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(file)]
    done = run(check, ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def gitlab(runner: Path, tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The job's lines in one shell, which is how a GitLab runner has them; what is installed is there already."""
    job = yaml.safe_load(GITLAB.read_text())[".ocianalyze"]
    if not (tmp_path / ".ocianalyze").exists():
        (tmp_path / ".ocianalyze").symlink_to(runner / "ocianalyze")
    values = {name: str(value) for name, value in job["variables"].items()} | variables
    lines = [line for line in job["before_script"] if "-m venv" not in line] + job["script"]
    return run([*BASH, "-c", "\n".join(lines)], tmp_path, **values)


def test_the_job_for_gitlab_reports(runner: Path, tmp_path: Path) -> None:
    job = yaml.safe_load(GITLAB.read_text())[".ocianalyze"]
    shutil.copy(WEBAPP, tmp_path / job["variables"]["IMAGE_ARCHIVE"])
    assert "says what pip installs" in gitlab(runner, tmp_path).stderr
    # ocianalyze is there already; pip gets something that is, too.
    done = gitlab(runner, tmp_path, OCIANALYZE_SOURCE="pip", OCIANALYZE_MAX_LAYERS="12")
    assert done.returncode == 0, done.stderr
    assert "Passed: 1 rule\n" in done.stdout
    done = gitlab(runner, tmp_path, OCIANALYZE_SOURCE="pip", OCIANALYZE_MAX_LAYERS="1")
    assert done.returncode == 1
    assert (tmp_path / job["artifacts"]["reports"]["junit"]).read_text().count("<failure") == 1
    (kept,) = job["artifacts"]["paths"]
    assert sorted(one.name for one in (tmp_path / kept).iterdir()) == REPORTS


@pytest.mark.skipif(not PRE_COMMIT, reason="pre-commit is not installed")
def test_pre_commit_holds_archives_to_the_rules(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    run(["git", "init", "-q", "."], tmp_path)
    for name in ("one.tar", "a b.tar"):
        shutil.copy(WEBAPP, tmp_path / name)
    (tmp_path / "not-an-image.txt").write_text("")
    (tmp_path / ".ocianalyze.toml").write_text("max-layers = 12\n")
    run(["git", "add", "."], tmp_path)
    assert PRE_COMMIT
    # pip finds what the package needs beside this Python; only the action's test above installs all of it anew.
    variables = {"PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("cache")), "PYTHONPATH": sysconfig.get_path("purelib")}
    source = str(checkout(tmp_path_factory.mktemp("hooks")))
    command = [PRE_COMMIT, "try-repo", source, "ocianalyze", "--all-files", "--color", "never"]
    done = run(command, tmp_path, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / ".ocianalyze.toml").write_text("max-layers = 11\n")
    done = run(command, tmp_path, **variables)
    assert done.returncode == 1
    assert done.stdout.count("failed: max-layers: 12; at most 11 is allowed") == 2


def test_the_hook_takes_options_and_many_files(runner: Path, tmp_path: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    path = f"{runner / 'ocianalyze' / 'bin'}:{os.environ['PATH']}"
    toolbox = str(ROOT / "sample-images" / "toolbox-docker.tar")
    entry = shlex.split(hook["entry"])
    assert run([*entry, "--max-layers=12", toolbox, WEBAPP], tmp_path, PATH=path).returncode == 0
    done = run([*entry, "--max-layers=11", WEBAPP, toolbox], tmp_path, PATH=path)
    assert done.returncode == 1
    assert done.stderr.count("failed: ") == 1
    assert re.search(hook["files"], "images/web.tar.gz")
    assert not re.search(hook["files"], "images/web.targz")


def test_the_examples_in_the_documentation_fit_the_pieces() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    github, gitlab_job, hooks = (yaml.safe_load(block) for block in blocks)
    (uses,) = [one for one in github if "ocianalyze" in one.get("uses", "")]
    assert uses["uses"].partition("@")[0].endswith(str(ACTION.parent.relative_to(ROOT)))
    assert uses["with"].keys() <= action()["inputs"].keys()
    assert gitlab_job["include"][0]["file"] == f"/{GITLAB.relative_to(ROOT)}"
    assert gitlab_job["check-image"]["extends"] in yaml.safe_load(GITLAB.read_text())
    assert gitlab_job["check-image"]["variables"].keys() >= {"IMAGE_ARCHIVE", "OCIANALYZE_SOURCE"}
    assert hooks["repos"][0]["hooks"][0]["id"] == "ocianalyze"
