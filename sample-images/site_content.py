"""The site of the web application: its sources, its search index and its rendered pages."""

from __future__ import annotations

import html
import json
from pathlib import Path

from staging import Stage

CONTENT = Path(__file__).parent / "content"
SITE = "srv/app/site"
EDITED = 1_780_675_200
"""2026-06-05T16:00:00Z, when the sources were last changed: a checkout keeps no times."""


def copy_sources(stage: Stage, version: str) -> None:
    """Put the sources of *version* in place."""
    stage.tree(CONTENT / version, SITE, mtime=EDITED)


def build_index(stage: Stage, version: str) -> None:
    """Write what the page searches in."""
    index = [
        {"path": f"docs/{name}.html", "title": text.splitlines()[0].removeprefix("# "), "text": text}
        for name, text in _notes(version).items()
    ]
    stage.text(f"{SITE}/search-index.json", json.dumps(index, indent=1))


def render(stage: Stage, version: str) -> None:
    """Write each note as a page."""
    for name, text in _notes(version).items():
        page = f"<!doctype html>\n<title>{name}</title>\n<pre>\n{html.escape(text)}</pre>\n"
        stage.text(f"{SITE}/docs/{name}.html", page)


def _notes(version: str) -> dict[str, str]:
    """Name and text of every note, sorted by name."""
    return {path.stem: path.read_text() for path in sorted((CONTENT / version / "notes").glob("*.md"))}
