"""What the project's texts and settings name is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
_ROOMS = "ocianalyze|tests|docs|tar|sources|layers|loading|analysis|report|api|cli|tui|model|blobs|contents|writing"
_PATH = re.compile(rf"`((?:{_ROOMS})/[\w./]+)`")


@pytest.mark.parametrize("page", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_every_path_that_a_text_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(_PATH.findall(text))
    assert len(named) > 10
    missing = [one for one in named if not (ROOT / one).exists() and not (ROOT / "ocianalyze" / one).exists()]
    assert missing == []


def test_every_package_of_the_house_has_its_line_in_the_drawing() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    packages = {one.name for one in (ROOT / "ocianalyze").iterdir() if (one / "__init__.py").exists()}
    assert {name for name in packages if f"\n  {name}/" not in text} == set()
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    floors = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    assert f"`{' > '.join(floors)}`" in text
