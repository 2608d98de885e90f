"""Options that commands on files share, and the forms in which they write rows."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from ocianalyze.cli.completion import complete_path
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocianalyze.report.values.blocks import Row

AfterLayer = Annotated[
    int | None,
    typer.Option("--layer", metavar="K", help="As it is after layer K; 0 is the bottom.", show_default=False),
]
JsonLines = Annotated[bool, typer.Option("--json", metavar="", help="One JSON object a line.")]
Csv = Annotated[bool, typer.Option("--csv", metavar="", help="CSV with a header; safe to open in a spreadsheet.")]
PathArgument = Annotated[
    str,
    typer.Argument(metavar="[PATH]", help="A path inside the image.", show_default=False, autocompletion=complete_path),
]


class Form(Enum):
    """How rows are written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def form(*, json: bool, csv: bool = False) -> Form:
    """The form that the options mean."""
    if json and csv:
        raise UsageError("--json and --csv exclude each other")
    return Form.JSON if json else Form.CSV if csv else Form.TEXT


def write_rows(rows: Iterable[Row], kind: type[Row], chosen: Form, out: TextIO) -> None:
    """*rows*, all of *kind*, in one of the two forms for machines."""
    if chosen is Form.CSV:
        from ocianalyze.report.formats import to_csv

        to_csv.write(rows, out, kind=kind)
    else:
        from ocianalyze.report.formats import to_json

        to_json.write_lines(rows, out)
