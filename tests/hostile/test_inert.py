"""Text of an image does nothing, whatever it says: one hostile image goes through every command in every format.

Each format has rules of its own, checked by a reader of that format.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ocianalyze.cli.commands import COMMANDS
from ocianalyze.report.formats.table import formats_for
from ocianalyze.report.words import UNSAFE
from tests.archive_builders import docker_files, pack
from tests.cli.run import run, spawn
from tests.tar_builders import info, layer_tar

SERVERS = {"GITHUB_ACTIONS": "true", "GITLAB_CI": "true", "TF_BUILD": "True"}
EVIL = (
    "##[error]x",
    "###[add-matcher]x",
    "##vso[task.complete]x",
    "::error::x",
    " \u00a0::stop-commands::x",
    "a\n::set-output name=a::b",
    "a;=1+1;b",
    'a;"=1+1";b',
    "a;\t+1",
    "=1+1",
    "@octocat",
    "see@evil.example",
    "www.evil.example",
    "WWW.evil.example",
    "http:evil",
    "mailto:a@evil.example",
    "#1",
    "[x](javascript:1)",
    "![x](data:1)",
    "`x` <b>@octocat",
    "| a | b |",
    "<img src=x onerror=alert(1)>",
    "<!-- ]]>",
    "\x1b]0;evil\x07",
    "section_start:1:x\r\x1b[0K",
    "\u202egnp",
    "x\\$(touch PWNED)",
    "$(touch PWNED)",
    "`touch PWNED`",
    "a;touch PWNED",
    "a'b\"c",
    "~",
    "syntax=evil.example/frontend",
)
LINKS = ("http://evil.example/x", "ftp://evil.example", "see https://evil.example.", "by @octocat and a@evil.example")
DIRECTORY = "srv"


def _image(tmp_path: Path, name: str, content: bytes, mode: int = 0o4755) -> Path:
    """A hostile image, which every rule, cause of waste and kind of change has something to say of."""
    text = b"".join(evil.encode() + b"\n" for evil in EVIL)
    below = [(f"{DIRECTORY}/{evil}", content + text) for evil in EVIL]
    first = [(evil, content + text) for evil in EVIL]
    links = [info(f"links/{evil}", b"2", linkname=evil) for evil in EVIL]
    setuid = [info(f"setuid/{evil}", mode=mode, uname=evil[:30], gname=evil[:30]) for evil in EVIL]
    tars = [
        layer_tar(*first, *below, *links, *setuid),
        layer_tar(*[(one, data + b"more") for one, data in below[1:]], *[(f".wh.{evil}", b"") for evil in EVIL[::3]]),
        layer_tar(*[(one, data + b"more") for one, data in below[1::2]]),
    ]
    created = [{"created_by": f"RUN {evil}", "comment": evil, "author": evil} for evil in (*EVIL, *LINKS)]
    history = [{**one, "empty_layer": number > 2} for number, one in enumerate(created)]
    words = (*EVIL, *LINKS)
    settings = {
        "Env": [f"{word}={word}" for word in words],
        "Labels": {word: word for word in words},
        "User": EVIL[0],
        "Entrypoint": list(words),
        "Cmd": list(words),
        "WorkingDir": EVIL[3],
    }
    path = tmp_path / name
    tags = [f"{evil}:1" for evil in (*EVIL, *LINKS)]
    path.write_bytes(pack(docker_files(*tars, tags=tags, history=history, config=settings, author=EVIL[2])))
    return path


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    place = tmp_path_factory.mktemp("hostile")
    return str(_image(place, "old.tar", b"old")), str(_image(place, "new.tar", b"new\n", mode=0o755))


RULES = [part for word in (*EVIL, *LINKS) for part in ("--required-label", f"{word}=1")]
REPORT = [*RULES, "--max-wasted", "1", "--max-file-size", "1", "--max-layers", "1"]


def _commands(old: str, new: str) -> dict[str, tuple[str, list[str]]]:
    """A name for each run -> the kind of document that it writes, and its arguments."""
    everything: dict[str, tuple[str, list[str]]] = {
        "report": ("report", ["report", old, *REPORT]),
        "diff": ("comparison", ["diff", old, new]),
        "diff semantic": ("comparison", ["diff", old, new, "--semantic"]),
        "diff content": ("", ["diff", old, new, "--content", f"/{DIRECTORY}/{EVIL[0]}"]),
        "dockerfile": ("", ["dockerfile", old]),
        "ls wide": ("listing", ["ls", old, "-R"]),
        "ls": ("listing", ["ls", old, "-R", "--long"]),
        "grep": ("listing", ["grep", old, "touch|error|=1", "--all-layers"]),
        "history": ("listing", ["history", old, f"/{DIRECTORY}/{EVIL[1]}"]),
    }
    for command in ("layers", "changes", "tree", "find", "largest", "duplicates", "verify"):
        everything[command] = ("listing", [command, old])
    return everything


NAMES = list(_commands("", ""))
NO_LISTING = {"browse", "schema", "cat", "extract", "export", "convert", "cache"}
"""What is for a terminal, says nothing of an image, or gives bytes as they are."""


def test_every_command_is_among_them() -> None:
    assert {name.split()[0] for name in NAMES} | NO_LISTING == {name for names in COMMANDS.values() for name in names}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_an_image_acts(name: str, images: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    kind, arguments = _commands(*images)[name]
    formats = list(formats_for(kind)) if kind else [""]
    for form in formats:
        if form == "csv" and name not in _WITH_CSV:
            continue
        args = [*arguments, *_format(kind, form)]
        for variable in SERVERS:
            monkeypatch.delenv(variable, raising=False)
        usual = run(*args)
        for variable, value in SERVERS.items():
            monkeypatch.setenv(variable, value)
        logged = run(*args)
        assert logged.returncode == usual.returncode in (0, 1), (form, usual.stderr[-500:])
        for text in (usual.stdout, usual.stderr, logged.stdout, logged.stderr):
            assert not UNSAFE.search(text.replace("\n", "")), form
        _no_commands(logged.stdout)
        _no_commands(re.sub("^::(error|warning) title=", "", logged.stderr, flags=re.MULTILINE))
        if form in _RULES:
            _RULES[form](usual.stdout, logged.stdout)


_WITH_CSV = {"ls", "ls wide", "find", "largest", "history", "tree", "layers"}


def _format(kind: str, form: str) -> list[str]:
    if kind == "listing":
        return [f"--{form}"] if form != "text" else []
    return ["--format", form] if form else []


def _no_commands(text: str) -> None:
    for line in text.splitlines():
        assert not line.strip().startswith("::"), line
        assert "##[" not in line, line
        assert "##vso[" not in line, line


def _json(usual: str, logged: str) -> None:
    assert json.loads(usual) == json.loads(logged)


def _json_lines(usual: str, logged: str) -> None:
    assert [json.loads(line) for line in usual.splitlines()] == [json.loads(line) for line in logged.splitlines()]


def _json_or_lines(usual: str, logged: str) -> None:
    (_json if usual.startswith("{\n") else _json_lines)(usual, logged)


def _xml(usual: str, logged: str) -> None:
    ours, theirs = (ElementTree.fromstring(text) for text in (usual, logged))
    assert ElementTree.canonicalize(usual) == ElementTree.canonicalize(logged)
    assert [one.tag for one in ours.iter()] == [one.tag for one in theirs.iter()]
    assert {one.tag for one in ours.iter()} <= {"testsuites", "testsuite", "testcase", "failure", "skipped"}


def _csv(usual: str, logged: str) -> None:
    for text in (usual, logged):
        for separator in ",;\t":
            for row in csv.reader(io.StringIO(text), delimiter=separator):
                for cell in row:
                    shown = cell.strip(' "')
                    number = re.fullmatch(r"-?[0-9.]+", shown)
                    assert number or not shown.startswith(("=", "+", "-", "@", "\t")), (separator, row)


def _markdown(usual: str, logged: str) -> None:
    for text in (usual, logged):
        for token in MarkdownIt("gfm-like").parse(text):
            _inline(token.children or [])
            for tag in re.findall(r"<\s*/?\s*([A-Za-z!][\w-]*)", token.content if token.type == "html_block" else ""):
                assert tag in {"details", "summary", "sub"}, tag


def _inline(tokens: Sequence[Token]) -> None:
    words = "".join(token.content for token in tokens if token.type == "text")
    assert not re.search(r"@\w|www\.|://|#\d|mailto:", words, re.IGNORECASE), words
    for token in tokens:
        assert token.type not in {"link_open", "image"}, words
        if token.type == "html_inline":
            assert re.fullmatch(r"</?sub>", token.content)


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _html(usual: str, logged: str) -> None:
    pages = []
    for text in (usual, logged):
        page = _Elements()
        page.feed(text)
        assert "img" not in page.tags
        assert not {name for name in page.attributes if name.startswith("on")}
        assert page.tags.count("script") == 2
        pages.append("".join(page.text))
    assert pages[0] == pages[1]


_RULES: dict[str, Callable[[str, str], None]] = {
    "json": _json_or_lines,
    "sarif": _json,
    "junit": _xml,
    "csv": _csv,
    "markdown": _markdown,
    "html": _html,
}


@pytest.mark.parametrize("arguments", [["ls", "{}", "/##[error]fil"], ["report", "{}", "--image", "nobody"]])
def test_hints_and_choices_are_no_commands(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tar = layer_tar(("##[error]file", b""), ("::error::file", b""))
    files = docker_files(tar, tags=["::error::a:1", "##[add-matcher]x:1"])
    path = tmp_path / "image.tar"
    path.write_bytes(pack(files))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    done = run(*[argument.format(path) for argument in arguments])
    assert done.returncode != 0
    assert "#[" in done.stderr
    _no_commands(done.stderr)


def test_a_file_has_the_names_as_they_are(
    tmp_path: Path, images: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    run("report", images[0], "-o", str(tmp_path / "report.txt"))
    assert "##[error]x" in (tmp_path / "report.txt").read_text()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_offers_only_what_no_shell_takes_apart(shell: str, images: tuple[str, str]) -> None:
    words = f"ocianalyze ls {images[0]} /"
    env = {
        "_OCIANALYZE_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": words,
        "COMP_CWORD": "3",
        "_TYPER_COMPLETE_ARGS": words,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TYPER_COMPLETE_WORD_TO_COMPLETE": "/",
    }
    offered = spawn(env=env).stdout
    # What shells are given around the names: zsh a list to evaluate, PowerShell a column of help.
    names = {line.removeprefix("_arguments '*: :((").removesuffix("))'") for line in offered.splitlines()}
    names = {name.removesuffix("::: ").strip('"') for name in names}
    safe = {"/@octocat", "/WWW.evil.example", "/see@evil.example", "/links/", "/setuid/", f"/{DIRECTORY}/"}
    assert safe >= {name for name in names if name}
    assert f"/{DIRECTORY}/" in names
