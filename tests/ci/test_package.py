"""What is published: the wheel holds the package, whole and alone, and its metadata are true."""

from __future__ import annotations

import email
import zipfile
from email.message import Message
from pathlib import Path

from ocianalyze import __version__
from tests.cli.run import ROOT


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as files:
        return email.message_from_bytes(files.read(f"ocianalyze-{__version__}.dist-info/METADATA"))


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        held = {name for name in files.namelist() if ".dist-info/" not in name}
    ours = {one for one in (ROOT / "ocianalyze").rglob("*") if one.is_file() and "__pycache__" not in one.parts}
    assert held == {str(one.relative_to(ROOT)) for one in ours}
    assert {"ocianalyze/py.typed", "ocianalyze/tui/ocianalyze.tcss"} < held


def test_its_urls_are_those_of_the_repository_it_was_built_from_without_the_password(wheel: Path) -> None:
    urls = dict(value.split(", ") for value in metadata(wheel).get_all("Project-URL", []))
    assert urls["Source"] == "https://git.example.com/some/where"
    assert all(url.startswith(urls["Source"]) for url in urls.values())
    assert urls["Changelog"].endswith("/CHANGELOG.md")


def test_it_says_which_version_and_which_pythons(wheel: Path) -> None:
    said = metadata(wheel)
    assert said["Version"] == __version__
    assert said["Requires-Python"] == ">=3.11"
    pythons = [f"Programming Language :: Python :: 3.{minor}" for minor in (11, 12, 13, 14)]
    assert set(pythons) < set(said.get_all("Classifier", []))
