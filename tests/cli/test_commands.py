"""What each command prints, on the sample images."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import typer
from typer.core import TyperGroup

from ocianalyze import __version__
from ocianalyze.cli import app as cli
from tests.cli.run import SAMPLES, WEBAPP, run, spawn


def test_the_version_names_the_schema_too() -> None:
    assert spawn("--version").stdout == f"ocianalyze {__version__} (ocianalyze-report/1)\n"


def test_the_printed_schema_accepts_the_printed_report() -> None:
    schema = json.loads(run("schema", "report").stdout)
    for extra in ([], ["--files"], ["--top", "3"]):
        report = json.loads(run("report", WEBAPP, "--json", *extra).stdout)
        jsonschema.Draft202012Validator(schema).validate(report)


def test_a_report_is_text_unless_it_is_asked_for_as_json() -> None:
    assert run("report", WEBAPP).stdout.startswith("Image    field-notes:1.0.0\n")
    as_json = run("report", WEBAPP, "--format", "json").stdout
    assert as_json == run("report", WEBAPP, "--json").stdout
    assert json.loads(as_json)["image"]["names"] == ["field-notes:1.0.0"]


def test_a_bare_image_is_reported_when_nobody_can_browse_it() -> None:
    expected = run("report", WEBAPP).stdout
    assert run(WEBAPP).stdout == expected
    assert run("browse", WEBAPP).stdout == expected
    assert run("--no-verify", WEBAPP).stdout == expected


def test_an_archive_comes_from_standard_input() -> None:
    archive = Path(WEBAPP).read_bytes()
    piped = json.loads(spawn("report", "-", "--json", stdin=archive).stdout)
    named = json.loads(run("report", WEBAPP, "--json").stdout)
    assert piped["image"].pop("source") == "-"
    assert named["image"].pop("source") == WEBAPP
    assert piped == named


def test_top_limits_paths_and_files() -> None:
    report = json.loads(run("report", WEBAPP, "--json", "--top", "2").stdout)
    assert len(report["waste"]["paths"]) == len(report["largest_files"]) == 2
    assert report["waste"]["paths_total"] > 2


def test_the_base_is_what_two_images_share() -> None:
    other = str(SAMPLES / "webapp-v2.tar")
    one = json.loads(run("report", WEBAPP, "--json", "--base", other).stdout)
    two = json.loads(run("report", other, "--json", "--base", WEBAPP).stdout)
    shared = one["waste"]["base_layers"]
    assert shared == two["waste"]["base_layers"] > 1
    ids = [[layer["diff_id"] for layer in report["layers"]] for report in (one, two)]
    assert ids[0][:shared] == ids[1][:shared]
    assert ids[0][shared] != ids[1][shared]
    assert json.loads(run("report", WEBAPP, "--json", "--base-layers", "0").stdout)["waste"]["base_layers"] == 0


def test_no_command_takes_an_option_that_means_nothing_to_it() -> None:
    app = typer.main.get_command(cli.app)
    assert isinstance(app, TyperGroup)
    options = {name: {one.name for one in command.params} for name, command in app.commands.items()}
    reading = {name for name, taken in options.items() if "platform" in taken}
    assert {name for name in reading if options[name] & {"base", "base_layers"}} == {"report", "browse"}
    assert {name for name in reading if not options[name] & {"no_verify", "partial"}} == {"verify"}


def test_a_base_of_all_layers_has_nothing_above_it() -> None:
    assert "Base     all layers count as the base\n" in run("report", WEBAPP, "--base-layers", "12").stdout
    assert (
        "Base     11 layers; those above store 214.1 kB and wrote or hid "
        in run("report", WEBAPP, "--base-layers", "11").stdout
    )


def test_a_base_of_another_image_is_noticed() -> None:
    report = json.loads(run("report", WEBAPP, "--json", "--base", str(SAMPLES / "toolbox-docker.tar")).stdout)
    assert report["waste"]["base_layers"] == 0
    assert "not-the-base" in [notice["code"] for notice in report["notices"]]


def test_ls_gives_one_object_a_line_with_the_documented_fields() -> None:
    rows = [json.loads(line) for line in run("ls", WEBAPP, "-R", "--json").stdout.splitlines()]
    fields = ["path", "type", "size", "mode", "uid", "gid", "mtime", "link_target", "nlink", "layer"]
    assert {tuple(row) for row in rows} == {tuple(fields)}
    (passwd,) = [row for row in rows if row["path"] == "etc/passwd"]
    assert (passwd["type"], passwd["mode"], passwd["layer"]) == ("file", "0644", 11)


def test_ls_adds_digests_on_request() -> None:
    (row,) = map(json.loads, run("ls", WEBAPP, "/etc/passwd", "--json", "--digest").stdout.splitlines())
    assert list(row)[-1] == "sha256"
    assert len(row["sha256"]) == 64


@pytest.mark.parametrize("path", ["srv/app", "/srv/app", "/srv/app/", "./srv//app"])
def test_ls_takes_paths_in_any_spelling(path: str) -> None:
    assert run("ls", WEBAPP, path).stdout == run("ls", WEBAPP, "srv/app").stdout != ""


def test_ls_shows_the_view_after_a_layer() -> None:
    def names(*extra: str) -> list[str]:
        return [
            json.loads(line)["path"] for line in run("ls", WEBAPP, "/srv/app", "--json", *extra).stdout.splitlines()
        ]

    assert "srv/app/deploy_key" in names("--layer", "5")
    assert "srv/app/deploy_key" not in names()


def test_ls_sorts_by_size() -> None:
    sizes = [
        json.loads(line)["size"] for line in run("ls", WEBAPP, "-R", "--json", "--sort", "size").stdout.splitlines()
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 0


def test_changes_are_those_of_the_report() -> None:
    lines = [json.loads(line) for line in run("changes", WEBAPP, "--json").stdout.splitlines()]
    assert lines == json.loads(run("report", WEBAPP, "--json", "--files").stdout)["changes"]
    assert list(lines[0]) == ["layer", "path", "kind", "aspects", "size_before", "size_after"]
    only = [json.loads(line) for line in run("changes", WEBAPP, "--layer", "7", "--json").stdout.splitlines()]
    assert only == [line for line in lines if line["layer"] == 7]


def test_changes_for_people_name_the_instruction() -> None:
    assert run("changes", WEBAPP, "--layer", "8").stdout.startswith("layer 8  RUN rm -rf /var/cache/apt\n")


def test_the_same_command_prints_the_same_bytes() -> None:
    for args in (["report", WEBAPP, "--json", "--files"], ["report", WEBAPP], ["ls", WEBAPP, "-R", "--digest"]):
        assert spawn(*args, env={"PYTHONHASHSEED": "1"}).stdout == run(*args).stdout


def test_help_is_grouped_and_has_examples() -> None:
    overview = run("--help").stdout
    for word in ("browse", "report", "ls", "changes", "schema", "Examples", "Exit codes"):
        assert word in overview
    assert "Report ─" in overview
    assert "Commands ─" not in overview, "a command is in no panel of cli/app.py"
    assert "Reading the image" in run("report", "--help").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete(shell: str) -> None:
    script = spawn("--show-completion", shell, env={"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"})
    assert "_OCIANALYZE_COMPLETE" in script.stdout


def test_a_completion_offers_commands_and_options() -> None:
    words = {"COMP_WORDS": "ocianalyze re", "COMP_CWORD": "1", "_OCIANALYZE_COMPLETE": "complete_bash"}
    assert spawn(env=words).stdout.split() == ["report"]
    words = {"COMP_WORDS": "ocianalyze report x --fi", "COMP_CWORD": "3", "_OCIANALYZE_COMPLETE": "complete_bash"}
    assert spawn(env=words).stdout.split() == ["--files"]


def test_an_ascii_terminal_gets_ascii_drawings() -> None:
    text = spawn("report", WEBAPP, env={"PYTHONIOENCODING": "ascii"}).stdout
    assert text.isascii()
    assert "##########" in text
    assert "\\u2588" not in text


def test_dockerfile_writes_the_steps(tmp_path: Path) -> None:
    done = run("dockerfile", WEBAPP)
    assert done.returncode == 0
    assert "RUN dpkg -i /var/cache/apt/archives/*.deb\n" in done.stdout
    assert run("dockerfile", WEBAPP, "-o", str(tmp_path / "Dockerfile")).returncode == 0
    assert (tmp_path / "Dockerfile").read_text() == done.stdout
