"""Documents, rules and machines that are at fault end with a clear message, and none as a bug of the program."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.archive_builders import docker_files, pack
from tests.cli.run import COMMAND, WEBAPP, environment, run
from tests.tar_builders import info, layer_tar, member, pax, tar


def _sparse(tmp_path: Path, name: str, data: bytes) -> str:
    records = {b"GNU.sparse.map": b"0,1", b"GNU.sparse.size": b"%d" % (2**63 - 1)}
    path = tmp_path / name
    path.write_bytes(pack(docker_files(tar(pax(records) + member(b"big", data)))))
    return str(path)


def test_a_file_of_holes_is_not_compared_to_its_end(tmp_path: Path) -> None:
    done = run("diff", _sparse(tmp_path, "a", b"a"), _sparse(tmp_path, "b", b"b"), "--content", "/big")
    assert done.returncode == 3
    assert "/big: 9,223,372,036,854,775,807 B are too many" in done.stderr
    assert done.stderr.count("--limit total=") == 1


def test_of_a_chain_of_links_no_layer_is_said_to_have_removed_it(tmp_path: Path) -> None:
    links = [info(f"l{number}", b"2", linkname=f"l{number + 1}") for number in range(60)]
    path = tmp_path / "image.tar"
    path.write_bytes(pack(docker_files(layer_tar(*links, ("l60", b"end")))))
    done = run("cat", str(path), "/l0")
    assert done.returncode == 2
    assert "too many levels of symbolic links" in done.stderr
    assert "removed" not in done.stderr


def test_a_number_of_too_many_digits_is_no_rule(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(f"max-layers = {'9' * 5000}\n")
    done = run("report", WEBAPP, "--config", str(file))
    assert done.returncode == 2
    assert "rules.toml: not valid TOML: a number has too many digits" in done.stderr


@pytest.mark.parametrize("name", [".dive-ci", ".ocianalyze.toml"])
@pytest.mark.parametrize("text", ['a: b\npassword: "hunter2\n  x: [', "rules:\n  hunter2: 1\n", 'hunter2 = "hunter2'])
def test_a_file_of_rules_that_links_elsewhere_shows_nothing_of_its_target(
    name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text(text)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / name).symlink_to(tmp_path / "secret")
    monkeypatch.chdir(tmp_path / "work")
    done = run("report", WEBAPP)
    is_yaml = name == ".dive-ci" and text.startswith("hunter")  # a plain text is YAML, and says nothing of rules
    if not is_yaml:
        assert f"{name}: what it links to is no file of rules" in done.stderr
    assert "hunter" not in done.stdout + done.stderr


def test_project_rules_can_be_ignored_and_another_file_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".ocianalyze.toml").write_text("max-layers = 1\n")
    (tmp_path / "target.toml").write_text("max-layers = 2\n")
    monkeypatch.chdir(tmp_path)
    assert run("report", WEBAPP).returncode == 1
    assert run("report", WEBAPP, "--no-project-rules").returncode == 0
    (tmp_path / ".ocianalyze.toml").write_text("max-layers = 1000\n")
    held = run("report", WEBAPP, "--no-project-rules", "--config", "target.toml")
    assert held.returncode == 1
    assert "at most 2" in held.stderr


@pytest.mark.parametrize("kilobytes", [30_000, 40_000, 80_000, 150_000])  # Python itself ends oddly with less
def test_too_little_memory_is_no_bug(kilobytes: int) -> None:
    done = _limited(f"ulimit -v {kilobytes}", "report", WEBAPP)
    assert done.returncode in (0, 3), done.stderr
    if done.returncode:
        assert "error: not enough memory" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("files", [6, 20])
def test_too_few_open_files_are_no_bug(files: int, tmp_path: Path) -> None:
    done = _limited(f"ulimit -n {files}", "report", WEBAPP, "-o", str(tmp_path / "report.json"))
    assert done.returncode in (0, 2, 3), done.stderr
    assert "Traceback" not in done.stderr
    if files == 20:
        assert _limited("ulimit -n 20", "extract", WEBAPP, "/", "-o", str(tmp_path / "out")).returncode == 0
        assert {path.name for path in tmp_path.iterdir()} == {"report.json", "out"}


def _limited(limit: str, *args: str) -> subprocess.CompletedProcess[str]:
    """The program with *args* in a shell that has *limit*."""
    command = ["bash", "-c", f'{limit} && exec "$@"', "bash", *COMMAND, *args]
    return subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=60, check=False)
