"""CHANGELOG.md keeps its form: what is new on top, each release once, and the version on its way to the latest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ocianalyze import __version__

TEXT = (Path(__file__).parent.parent / "CHANGELOG.md").read_text()
HEADING = re.compile(r"^## \[(Unreleased|\d+\.\d+\.\d+)\](?: - (\d{4}-\d\d-\d\d))?$", re.MULTILINE)
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def sections() -> dict[str, str]:
    """Each section's text by its version."""
    first, *pieces = re.split(r"^## ", TEXT, flags=re.MULTILINE)
    assert first.startswith("# Changelog\n")
    found = {}
    for piece in pieces:
        heading, _, body = piece.partition("\n")
        match = HEADING.fullmatch(f"## {heading}")
        assert match, heading
        assert match[1] not in found, f"{match[1]} has two sections"
        found[match[1]] = body
    return found


def test_unreleased_stands_above_the_releases_which_go_back_in_time() -> None:
    named = HEADING.findall(TEXT)
    assert named[0] == ("Unreleased", "")
    releases = [(date, _numbers(version)) for version, date in named[1:]]
    assert all(date for date, _ in releases)
    assert releases == sorted(releases, reverse=True)


def test_the_version_is_the_latest_release_or_leads_to_one_no_older() -> None:
    latest = HEADING.findall(TEXT)[1][0]
    match = re.fullmatch(r"(\d+\.\d+\.\d+)(\.dev\d+)?", __version__)
    assert match
    assert match[1] == latest or (match[2] and _numbers(match[1]) > _numbers(latest))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


@pytest.mark.parametrize(("version", "body"), sections().items())
def test_a_section_has_each_kind_of_change_once(version: str, body: str) -> None:
    kinds = re.findall(r"^### (.+)$", body, re.MULTILINE)
    assert set(kinds) <= KINDS
    assert len(kinds) == len(set(kinds)), kinds


@pytest.mark.parametrize("version", [name for name in sections() if name != "Unreleased"])
def test_a_release_is_told_in_lines_that_a_user_reads_through(version: str) -> None:
    entries = re.findall(r"^- ", sections()[version], re.MULTILINE)
    assert 0 < len(entries) <= 20
