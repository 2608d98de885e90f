"""FORMATS: every format with its names, and the modules that write each kind of document in it.

To add a format is to write a module with `write(document, out)`, and to add a row. The command line's choices, its
help and docs/commands.md derive from the rows; a module is imported when something is written in its format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from ocianalyze.report.values.documents import Document

_IN_JSON = ("#\\u0023", ":\\u003a")
_IN_XML = ("#&#35;", ":&#58;")


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to write documents."""

    name: str
    """The value of --format, and the prefix of -o."""
    aliases: tuple[str, ...] = ()
    """Shorter prefixes of -o."""
    suffixes: tuple[str, ...] = ()
    """Ends of a file's name that ask for it."""
    is_for_people: bool = False
    """Whether the text is as the terminal wants it; every other format is UTF-8 wherever it goes."""
    inert: tuple[str, str] = ("# #", ": :")
    """How `##` and `::` are spelled where a CI server would take them for a command: in an equal escape, if any."""
    has_changes: bool = False
    """Whether a report in it can list every change of every layer."""
    rows: str = ""
    """The help of the switch that asks for a listing in this format; empty for text, and for formats of no listing."""
    writers: Mapping[str, str] = field(default_factory=dict)
    """Kind of document -> the module here whose `write(document, out)` writes it."""

    def write(self, document: Document, out: TextIO) -> None:
        """Write *document*, which must be of a kind in `writers`, to *out*."""
        import_module(f"{__package__}.{self.writers[document.kind]}").write(document, out)


FORMATS = (
    Format(
        name="text",
        suffixes=(".txt",),
        is_for_people=True,
        writers={"report": "to_text", "comparison": "to_text_diff", "listing": "to_lines"},
    ),
    Format(
        name="json",
        suffixes=(".json",),
        inert=_IN_JSON,
        has_changes=True,
        rows="One JSON object a line.",
        writers={"report": "to_json", "comparison": "to_json", "listing": "to_json_lines"},
    ),
    Format(
        name="markdown",
        aliases=("md",),
        suffixes=(".md",),
        writers={"report": "to_markdown", "comparison": "to_markdown_diff"},
    ),
    Format(name="html", suffixes=(".html", ".htm"), inert=_IN_XML, writers={"report": "to_html"}),
    Format(name="sarif", suffixes=(".sarif.json", ".sarif"), inert=_IN_JSON, writers={"report": "to_sarif"}),
    Format(name="junit", inert=_IN_XML, writers={"report": "to_junit"}),
    Format(name="csv", rows="CSV with a header; safe to open in a spreadsheet.", writers={"listing": "to_csv"}),
)
TEXT, JSON = FORMATS[:2]


def formats_for(kind: str) -> dict[str, Format]:
    """The formats in which a document of *kind* can be written, by their names."""
    return {one.name: one for one in FORMATS if kind in one.writers}
