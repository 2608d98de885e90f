"""What an odd image may not do: whatever is in it, every command ends in words of ours, and within its bounds."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from xml.etree import ElementTree

from ocianalyze.api import LoadOptions, open_image
from ocianalyze.errors import OcianalyzeError
from ocianalyze.report.words import UNSAFE
from tests.analysis.invariants import check_waste
from tests.cli.run import run

CPU_SECONDS = 20
"""What one command may take. An image of a dozen entries takes a few hundredths of a second."""
_USED_UP = (0, 1, 2, 3)
"""All exit codes but that of a bug."""

_TEXT = (
    ("report", "IMAGE"),
    ("report", "IMAGE", "--max-wasted", "1B", "--no-project-rules"),
    ("layers", "IMAGE"),
    ("changes", "IMAGE"),
    ("dockerfile", "IMAGE"),
    ("ls", "IMAGE", "-R", "--long"),
    ("tree", "IMAGE"),
    ("find", "IMAGE", "--deleted"),
    ("largest", "IMAGE"),
    ("duplicates", "IMAGE"),
    ("history", "IMAGE", "/a"),
    ("grep", "IMAGE", ".", "--all-layers"),
    ("verify", "IMAGE"),
    ("diff", "IMAGE", "OTHER"),
    ("diff", "IMAGE", "OTHER", "--content", "/a"),
    ("report", "IMAGE", "--format", "markdown"),
    ("diff", "IMAGE", "OTHER", "--format", "markdown"),
    ("ls", "IMAGE", "-R", "--csv"),
    ("layers", "IMAGE", "--csv"),
)
_JSON = (
    ("report", "IMAGE", "--json"),
    ("report", "IMAGE", "--format", "sarif"),
    ("diff", "IMAGE", "OTHER", "--json"),
)
_LINES = (("changes", "IMAGE", "--json"), ("ls", "IMAGE", "-R", "--json"), ("verify", "IMAGE", "--json"))
_XML = (("report", "IMAGE", "--format", "junit", "--max-wasted", "1B", "--no-project-rules"),)
_WRITING = (
    ("extract", "IMAGE", "/", "-o", "OUT"),
    ("export", "IMAGE", "-o", "OUT"),
    ("export", "IMAGE", "--squash", "-o", "OUT"),
    ("convert", "IMAGE", "--to", "oci-archive", "-o", "OUT"),
    ("convert", "IMAGE", "--to", "oci-layout", "-o", "OUT"),
    ("convert", "IMAGE", "--to", "docker-archive", "-o", "OUT"),
)
_LENIENT = ("--no-verify", "--partial")


class Find(Exception):  # noqa: N818 - what the fuzzer is there for
    """Something that an odd image did and may not do."""


class Judge:
    """Runs commands on *image*, which is at that path, and looks at what they say and leave."""

    def __init__(self, image: Path, other: Path, chance: Random) -> None:
        self._places = {"IMAGE": image, "OTHER": other, "OUT": image.parent / "out"}
        self._home = image.parent
        self._chance = chance

    def some(self, count: int = 4) -> None:
        """Find what is wrong with *count* commands, one of which writes."""
        for command, judged in self._chance.sample(_READING, count - 1):
            more = self._chance.sample(_LENIENT, self._chance.choice((0, 0, 1, 2))) if command[0] != "verify" else []
            done = self._run(*command, *more)
            if done:
                judged(done)
        self._write(self._chance.choice(_WRITING))
        self._adds_up()

    def _adds_up(self) -> None:
        """Count the bytes of the image once more."""
        options = LoadOptions(partial=True, verify=self._chance.random() < 0.5)
        with contextlib.suppress(OcianalyzeError), open_image(str(self._places["IMAGE"]), options=options) as opened:
            check_waste(opened.analysis)

    def _run(self, *words: str) -> str:
        """Standard output of a command; empty when it ended in an error."""
        args = [str(self._places.get(word, word)) for word in words]
        begun = time.process_time()
        done = run(*args)
        used = time.process_time() - begun
        if done.returncode not in _USED_UP:
            raise Find(f"{' '.join(args)}: exit code {done.returncode}: {done.stderr}")
        if used > CPU_SECONDS:
            raise Find(f"{' '.join(args)}: {used:.1f} s of processor time")
        _no_controls(done.stderr)
        if done.returncode > 1 and done.stdout:
            raise Find(f"{' '.join(args)}: ends with {done.returncode} and half of its output")
        if done.returncode > 1 and not done.stderr:
            raise Find(f"{' '.join(args)}: ends with {done.returncode} and says nothing")
        return done.stdout if done.returncode <= 1 else ""

    def _write(self, command: tuple[str, ...]) -> None:
        """Run a command that writes, and look round."""
        out = self._places["OUT"]
        before = set(self._home.iterdir())
        self._run(*command)
        if left := set(self._home.iterdir()) - before - {out}:
            raise Find(f"{' '.join(command)}: leaves {left}")
        if command[0] == "extract" and out.exists():
            for above, _, names in os.walk(out):
                for name in names:
                    mode = (Path(above) / name).lstat().st_mode
                    if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)) or mode & 0o6000:
                        raise Find(f"extract: {name} has the mode {mode:o}")
        elif command[0] == "convert" and out.exists():
            same = ("ls", "IMAGE", "-R", "--json", "--digest")
            if self._run(*same) != self._run(*(str(out) if word == "IMAGE" else word for word in same)):
                raise Find(f"{' '.join(command)}: other files than before")


def _no_controls(text: str) -> None:
    for line in text.replace("\t", "").split("\n"):  # tabs of lines out of files are shown as they are
        if found := UNSAFE.search(line):
            raise Find(f"a control character, {found[0]!r}, in {line!r}")


def _is_json(text: str) -> None:
    json.loads(text, parse_constant=_no_constant)


def _are_json(text: str) -> None:
    for line in text.splitlines():
        _is_json(line)


def _no_constant(name: str) -> None:
    raise Find(f"{name} is no JSON")


def _is_xml(text: str) -> None:
    ElementTree.fromstring(text)


_READING: tuple[tuple[tuple[str, ...], Callable[[str], None]], ...] = (
    *((command, _no_controls) for command in _TEXT),
    *((command, _is_json) for command in _JSON),
    *((command, _are_json) for command in _LINES),
    *((command, _is_xml) for command in _XML),
)
