"""`ocianalyze diff` as people and CI run it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.archive_builders import docker_files, oci_files, pack
from tests.cli.run import SAMPLES, run
from tests.tar_builders import layer_tar

V1, V2 = str(SAMPLES / "webapp-v1.tar"), str(SAMPLES / "webapp-v2.tar")


def document(*arguments: str) -> Any:
    return json.loads(run("diff", *arguments, "--json").stdout)


def test_the_json_is_valid_and_the_same_each_time() -> None:
    first, second = run("diff", V1, V2, "--json"), run("diff", V1, V2, "--json")
    assert first.stdout == second.stdout
    jsonschema.validate(json.loads(first.stdout), json.loads(run("schema", "diff").stdout))


def test_it_finds_what_the_two_versions_are_made_to_differ_in() -> None:
    found = document(V1, V2)
    moved = {(row["moved_from"], row["path"]) for row in found["changes"] if row["kind"] == "moved"}
    assert ("srv/app/site/assets/app.js", "srv/app/site/static/app.js") in moved
    assert [row["status"] for row in found["layers"]][:5] == ["shared"] * 4 + ["inserted"]
    assert {(row["field"], row["key"]): (row["old"], row["new"]) for row in found["config"]}["env", "PORT"] == (
        "8080",
        "8081",
    )
    assert found["summary"]["size_delta"] == found["new"]["live"] - found["old"]["live"]
    assert found["summary"]["pull_cost"] == sum(
        row["new"]["blob_size"] for row in found["layers"] if row["status"] in ("changed", "inserted")
    )


@pytest.mark.parametrize("other", ["toolbox-oci-gzip.tar", "toolbox-oci-zstd.tar"])
def test_the_same_content_in_another_form_does_not_differ(other: str) -> None:
    found = document(str(SAMPLES / "toolbox-docker.tar"), str(SAMPLES / other), "--mtime")
    assert found["changes"] == []
    assert found["summary"]["size_delta"] == 0
    assert found["summary"]["pull_cost"] == 0


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 0),
        (("--exit-code",), 1),
        (("--max-growth", "0"), 0),
        (("--max-growth", "0%"), 0),
    ],
)
def test_exit_codes_of_a_smaller_image(options: tuple[str, ...], code: int) -> None:
    assert run("diff", V1, V2, *options).returncode == code


@pytest.mark.parametrize(
    ("limit", "code"), [("204000", 1), ("1MB", 0), ("200kB", 1), ("6.8%", 1), ("7%", 0), ("0%", 1), ("200KiB", 0)]
)
def test_exit_codes_of_a_larger_image(limit: str, code: int) -> None:
    done = run("diff", V2, V1, "--max-growth", limit)
    assert done.returncode == code
    assert (f"the limit is {limit}" in done.stderr) == bool(code)


def test_an_image_is_the_same_as_itself() -> None:
    done = run("diff", V1, V1, "--exit-code")
    assert done.returncode == 0
    assert "no path differs" in done.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--only", "everything"), "there is no such kind"),
        (("--max-growth", "lots"), "is no size"),
        (("--ignore", "/"), "would ignore everything"),
        (("--json", "--format", "text"), "exclude each other"),
        (("--content", "/x", "--json"), "--content and --json exclude each other"),
        (("--content", "/x", "--max-growth", "1%"), "--content and --max-growth exclude each other"),
        (("--tui", "--exit-code"), "--tui and --exit-code exclude each other"),
        (("--tui", "-o", "x"), "--tui and --output exclude each other"),
        (("--content", "/no/such/file"), "no such path in the image"),
    ],
)
def test_usage(options: tuple[str, ...], words: str) -> None:
    done = run("diff", V1, V2, *options)
    assert done.returncode == 2
    assert words in done.stderr
    assert not done.stdout


def test_filters_choose_what_counts() -> None:
    every = {row["path"] for row in document(V1, V2)["changes"]}
    docs = {row["path"] for row in document(V1, V2, "--path", "/srv/app/site/docs")["changes"]}
    assert docs == {path for path in every if f"{path}/".startswith("srv/app/site/docs/")}
    rest = {row["path"] for row in document(V1, V2, "--ignore", "docs", "--ignore", "/usr/**")["changes"]}
    assert rest == {path for path in every if "/docs" not in path and not path.startswith("usr/")}
    only = document(V1, V2, "--only", "content", "--only", "moved")["changes"]
    assert {row["kind"] for row in only} == {"content", "moved"}
    assert all(row["path"].count("/") < 2 for row in document(V1, V2, "--max-depth", "2")["growth"])


def test_where_only_paths_are_asked_about_settings_do_not_count() -> None:
    assert run("diff", V1, V2, "--path", "/etc/apt", "--exit-code").returncode == 0
    assert run("diff", V1, V2, "--path", "/", "--exit-code").returncode == 1
    assert run("diff", V1, V2, "--only", "moved", "--exit-code").returncode == 1
    assert run("diff", V1, V2, "--only", "moved", "--path", "/usr", "--exit-code").returncode == 0
    assert run("diff", V1, V2, "--ignore", "/*", "--exit-code").returncode == 1  # the settings differ
    none = run("diff", V1, V2, "--path", "/etc/apt", "--format", "markdown").stdout
    assert none.startswith("### No path differs\n")


def test_steps_without_a_layer_are_shown() -> None:
    text, comment = run("diff", V1, V2).stdout, run("diff", V1, V2, "--format", "markdown").stdout
    for step in ("ENV PORT=8080", "ENV PORT=8081"):
        assert step in text.partition("Steps without a layer")[2]
        assert f"`{step}`" in comment.partition("History: ")[2]
    assert "RUN " not in text.partition("Steps without a layer")[2]


def test_content_of_one_file_is_a_unified_diff() -> None:
    done = run("diff", V1, V2, "--content", "/srv/app/site/index.html", "--exit-code")
    assert done.returncode == 1
    assert done.stdout.startswith("--- old/srv/app/site/index.html\n+++ new/srv/app/site/index.html\n@@")
    assert '-    <link rel="stylesheet" href="assets/app.css">' in done.stdout
    binary = run("diff", V1, V2, "--content", "/usr/bin/tini-static").stdout
    assert binary.startswith("binary files differ: /usr/bin/tini-static\nold: not there\nnew: 708,080 B, sha256:")


def test_hostile_names_break_neither_the_terminal_nor_the_comment(tmp_path: Path) -> None:
    names = ["\x1b[2J", "a|b`c``d", "<script>alert(1)</script>", "[x](http://x)", "new\nline", "x" * 3000, "\u202egpj"]
    old, new = tmp_path / "old.tar", tmp_path / "new.tar"
    old.write_bytes(pack(docker_files(layer_tar(("keep", b"1")))))
    many = [(f"{name}{number}", b"x" * number) for number in range(200) for name in names]
    new.write_bytes(pack(docker_files(layer_tar(*many))))
    for form in ("text", "json", "markdown"):
        done = run("diff", str(old), str(new), "--format", form)
        assert done.returncode == 0
        assert not {character for character in done.stdout if ord(character) < 32 or character == "\u202e"} - {"\n"}
    comment = run("diff", str(old), str(new), "--format", "markdown").stdout
    assert len(comment) < 65_000
    assert all(line.count("|") - line.count("\\|") in (0, 3, 4, 5, 6) for line in comment.splitlines())


def test_a_layer_in_the_second_archive_is_verified_all_the_same(tmp_path: Path) -> None:
    files = oci_files(layer_tar(("a", b"1" * 5000)), layer_tar(("b", b"2" * 5000)))
    layers = [name for name, data in files.items() if isinstance(data, bytes) and data[:2] == b"\x1f\x8b"]
    damaged = dict(files)
    data = damaged[layers[0]]
    assert isinstance(data, bytes)
    damaged[layers[0]] = data[:-20] + bytes(20)
    old, new = tmp_path / "old.tar", tmp_path / "new.tar"
    old.write_bytes(pack(files))
    new.write_bytes(pack(damaged))
    done = run("diff", str(old), str(new))
    assert done.returncode == 3
    assert "the digest of the blob is sha256:" in done.stderr


@pytest.mark.skipif(shutil.which("umoci") is None, reason="needs umoci (Debian package umoci)")
def test_diff_judges_as_diff_does_over_what_umoci_unpacks(tmp_path: Path) -> None:
    for version in ("v1", "v2"):
        layout = tmp_path / version
        layout.mkdir()
        subprocess.run(["tar", "-xf", SAMPLES / f"webapp-{version}.tar", "-C", layout], check=True)
        index = json.loads((layout / "index.json").read_text())
        tag = index["manifests"][0]["annotations"]["org.opencontainers.image.ref.name"]
        unpack = ["umoci", "unpack", "--rootless", "--image", f"{layout}:{tag}", str(tmp_path / f"{version}-bundle")]
        subprocess.run(unpack, check=True, capture_output=True)
    roots = [tmp_path / f"{version}-bundle/rootfs" for version in ("v1", "v2")]
    judged = subprocess.run(
        ["diff", "-rq", "--no-dereference", *roots], capture_output=True, text=True, check=False
    ).stdout.splitlines()
    seen = {path for line in judged for path in _paths(line, roots)}
    found = document(V1, V2)["changes"]
    ours = {path for row in found for path in (row["path"], row["moved_from"]) if path and (row["kind"] != "metadata")}
    # diff names only the top of what one side has alone.
    tops = {path for path in ours if path in seen or not any(path.startswith(f"{top}/") for top in seen)}
    assert tops == seen


def _paths(line: str, roots: list[Path]) -> list[str]:
    if line.startswith("Only in "):
        folder, _, name = line.removeprefix("Only in ").partition(": ")
        root = next(root for root in roots if Path(folder).is_relative_to(root))
        return [str((Path(folder) / name).relative_to(root))]
    words = line.split()
    first = next(word for word in words if word.startswith(str(roots[0])))
    return [str(Path(first).relative_to(roots[0]))]


def test_two_forms_of_one_build_differ_in_their_names_alone() -> None:
    pair = (str(SAMPLES / "toolbox-docker.tar"), str(SAMPLES / "toolbox-oci-gzip.tar"))
    assert [row["what"] for row in document(*pair, "--reproducible")["reproducible"]] == ["name"]
    assert run("diff", *pair, "--reproducible", "--exit-code").returncode == 1
    assert run("diff", *pair, "--reproducible", "--ignore-image-name", "--exit-code").returncode == 0
    assert run("diff", *pair, "--semantic", "--exit-code").returncode == 0
    for option in ("owners", "layer-order", "timestamps", "history", "file-order", "tar-format", "image-name"):
        assert run("diff", *pair, f"--ignore-{option}").returncode == 2
