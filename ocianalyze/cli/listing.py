"""Listings of the merged file system: `ls`, `tree`, `largest`, `duplicates`, `layers`."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from ocianalyze.cli.reading import AfterLayer, Csv, Form, JsonLines, PathArgument, form, write_rows
from ocianalyze.cli.source import Source


class Order(Enum):
    """How a listing is sorted."""

    NAME = "name"
    SIZE = "size"


Top = Annotated[int, typer.Option("--top", "-n", metavar="N", min=1, help="How many.")]


def ls(
    source: Source,
    path: PathArgument = "",
    recursive: Annotated[bool, typer.Option("--recursive", "-R", metavar="", help="All that is below, too.")] = False,
    long: Annotated[
        bool, typer.Option("--long", "-l", metavar="", help="Exact sizes and times, owners by name, attributes.")
    ] = False,
    du: Annotated[bool, typer.Option("--du", metavar="", help="Of directories, the size of all below.")] = False,
    digest: Annotated[bool, typer.Option("--digest", metavar="", help="The SHA-256 of every file.")] = False,
    sort: Annotated[Order, typer.Option(help="By what to sort; size puts the largest first.")] = Order.NAME,
    layer: AfterLayer = None,
    json: JsonLines = False,
    csv: Csv = False,
) -> None:
    """List files of the merged file system, as a container sees it or as it is after layer K.

    PATH may be a pattern, in quotes against the shell: '/etc/*.conf', '/usr/**/*.so'.
    """
    from ocianalyze.api.files import totals
    from ocianalyze.api.views import list_tree
    from ocianalyze.cli.output import opened
    from ocianalyze.report.listings import files as listing
    from ocianalyze.report.values.listings import FileRow

    chosen = form(json=json, csv=csv)
    analysis = source.analyze(content_algorithm="sha256" if digest else "blake3")
    found = list_tree(analysis, path, layer=layer, recursive=recursive, by_size=sort is Order.SIZE and not du)
    sums = totals(analysis, layer=layer) if du else None
    if sums is not None and sort is Order.SIZE:
        found.sort(key=lambda one: (-sums[one.path], one.path))
    columns = listing.Columns(digest=digest, long=long, totals=sums)
    with opened(None, machine=chosen is not Form.TEXT) as out:
        if chosen is Form.TEXT:
            listing.write_files(found, out, columns)
        else:
            write_rows(listing.file_rows(found, columns), FileRow, chosen, out)


def tree(
    source: Source,
    path: PathArgument = "",
    depth: Annotated[
        int | None, typer.Option("--depth", "-L", metavar="N", min=0, help="Levels to show.", show_default="all")
    ] = None,
    directories: Annotated[bool, typer.Option("--dirs", "-d", metavar="", help="Directories only.")] = False,
    layer: AfterLayer = None,
    json: JsonLines = False,
    csv: Csv = False,
) -> None:
    """Draw the merged file system as a tree, with the size of all below each directory."""
    from ocianalyze.api.files import usage_below
    from ocianalyze.cli.output import opened
    from ocianalyze.model.entry import EntryKind
    from ocianalyze.report.compose import rows
    from ocianalyze.report.listings import tables
    from ocianalyze.report.values.listings import UsageRow

    chosen = form(json=json, csv=csv)
    top, found = usage_below(source.analyze(), path, layer=layer)
    shown = [
        row
        for row in rows.usage_rows(found, top)
        if (depth is None or row.depth <= depth) and (not directories or row.type is EntryKind.DIRECTORY)
    ]
    with opened(None, machine=chosen is not Form.TEXT) as out:
        if chosen is Form.TEXT:
            tables.write_tree(shown, out)
        else:
            write_rows(shown, UsageRow, chosen, out)


def largest(
    source: Source,
    path: PathArgument = "",
    top: Top = 20,
    directories: Annotated[bool, typer.Option("--dirs", "-d", metavar="", help="Directories, with all below.")] = False,
    layer: AfterLayer = None,
    json: JsonLines = False,
    csv: Csv = False,
) -> None:
    """List the largest files of the merged file system, or its largest directories."""
    from ocianalyze.api.files import largest_below
    from ocianalyze.cli.output import opened
    from ocianalyze.report.compose import rows
    from ocianalyze.report.listings import tables
    from ocianalyze.report.values.listings import UsageRow

    chosen = form(json=json, csv=csv)
    found = largest_below(source.analyze(), path, top, layer=layer, directories=directories)
    shown = list(rows.usage_rows(found))
    with opened(None, machine=chosen is not Form.TEXT) as out:
        if chosen is Form.TEXT:
            tables.write_largest(shown, out, files=directories)
        else:
            write_rows(shown, UsageRow, chosen, out)


def duplicates(
    source: Source,
    top: Top = 20,
    min_size: Annotated[
        int, typer.Option("--min-size", metavar="BYTES", min=1, help="Smaller files do not count.")
    ] = 1,
    layer: AfterLayer = None,
    json: JsonLines = False,
) -> None:
    """List contents that are stored more than once, with what one copy would save. Hard links are one copy."""
    from ocianalyze.analysis.query.duplicates import duplicates as find_duplicates
    from ocianalyze.api.views import view
    from ocianalyze.cli.output import opened
    from ocianalyze.report.compose import rows
    from ocianalyze.report.listings import tables
    from ocianalyze.report.values.listings import DuplicateRow

    found = find_duplicates(view(source.analyze(), layer), least=min_size)
    shown = list(rows.duplicate_rows(found[:top]))
    with opened(None, machine=json) as out:
        if json:
            write_rows(shown, DuplicateRow, Form.JSON, out)
        else:
            tables.write_duplicates(shown, out, hidden=len(found) - len(shown))


def layers(
    source: Source,
    top_first: Annotated[bool, typer.Option("--top-first", metavar="", help="The newest step first.")] = False,
    json: JsonLines = False,
    csv: Csv = False,
) -> None:
    """List the steps that built the image, as docker history does, with sizes and digests; the oldest comes first.

    A terminal of 130 columns or more also shows diff IDs, chain IDs and comments.
    """
    from ocianalyze.cli.output import opened
    from ocianalyze.report.compose import rows
    from ocianalyze.report.listings import tables
    from ocianalyze.report.values.listings import BuildStepRow

    chosen = form(json=json, csv=csv)
    steps = rows.step_rows(source.analyze())
    if top_first:
        steps.reverse()
    with opened(None, machine=chosen is not Form.TEXT) as out:
        if chosen is Form.TEXT:
            tables.write_steps(steps, out)
        else:
            write_rows(steps, BuildStepRow, chosen, out)
