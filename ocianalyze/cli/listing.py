"""Listings of the merged file system: `ls`, `tree`, `largest`, `duplicates`, `layers`."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from ocianalyze.cli.formats import ListingFormat, NestedListingFormat
from ocianalyze.cli.options import grouped, top_option
from ocianalyze.cli.reading import AfterLayer, PathArgument
from ocianalyze.cli.source import Source


class Order(Enum):
    """How a listing is sorted."""

    NAME = "name"
    SIZE = "size"


Top = Annotated[int, top_option("How many.", least=1, show_default=True)]


@grouped
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
    *,
    how: ListingFormat,
) -> None:
    """List files of the merged file system, as a container sees it or as it is after layer K.

    PATH may be a pattern, in quotes against the shell: '/etc/*.conf', '/usr/**/*.so'.
    """
    from ocianalyze.api.files import totals
    from ocianalyze.api.views import list_tree
    from ocianalyze.cli.output import show
    from ocianalyze.report.compose.files import Columns
    from ocianalyze.report.listings.files import file_listing

    analysis = source.analyze(content_algorithm="sha256" if digest else "blake3")
    found = list_tree(analysis, path, layer=layer, recursive=recursive, by_size=sort is Order.SIZE and not du)
    sums = totals(analysis, layer=layer) if du else None
    if sums is not None and sort is Order.SIZE:
        found.sort(key=lambda one: (-sums[one.path], one.path))
    columns = Columns(digest=digest, long=long, totals=sums)
    show(file_listing(found, columns), how.chosen)


@grouped
def tree(
    source: Source,
    path: PathArgument = "",
    depth: Annotated[
        int | None, typer.Option("--depth", "-L", metavar="N", min=0, help="Levels to show.", show_default="all")
    ] = None,
    directories: Annotated[bool, typer.Option("--dirs", "-d", metavar="", help="Directories only.")] = False,
    layer: AfterLayer = None,
    *,
    how: ListingFormat,
) -> None:
    """Draw the merged file system as a tree, with the size of all below each directory."""
    from ocianalyze.api.files import usage_below
    from ocianalyze.cli.output import show
    from ocianalyze.model.entry import EntryKind
    from ocianalyze.report.compose import rows
    from ocianalyze.report.listings import tables

    top, found = usage_below(source.analyze(), path, layer=layer)
    shown = [
        row
        for row in rows.usage_rows(found, top)
        if (depth is None or row.depth <= depth) and (not directories or row.type is EntryKind.DIRECTORY)
    ]
    show(tables.tree_listing(shown), how.chosen)


@grouped
def largest(
    source: Source,
    path: PathArgument = "",
    top: Top = 20,
    directories: Annotated[bool, typer.Option("--dirs", "-d", metavar="", help="Directories, with all below.")] = False,
    layer: AfterLayer = None,
    *,
    how: ListingFormat,
) -> None:
    """List the largest files of the merged file system, or its largest directories."""
    from ocianalyze.api.files import largest_below
    from ocianalyze.cli.output import show
    from ocianalyze.report.compose import rows
    from ocianalyze.report.listings import tables

    found = largest_below(source.analyze(), path, top, layer=layer, directories=directories)
    show(tables.largest_listing(list(rows.usage_rows(found)), directories=directories), how.chosen)


@grouped
def duplicates(
    source: Source,
    top: Top = 20,
    min_size: Annotated[
        int, typer.Option("--min-size", metavar="BYTES", min=1, help="Smaller files do not count.")
    ] = 1,
    layer: AfterLayer = None,
    *,
    how: NestedListingFormat,
) -> None:
    """List contents that are stored more than once, with what one copy would save. Hard links are one copy."""
    from ocianalyze.api.views import duplicates_in
    from ocianalyze.cli.output import show
    from ocianalyze.report.compose import rows
    from ocianalyze.report.listings import tables

    found = duplicates_in(source.analyze(), layer=layer, least=min_size)
    shown = list(rows.duplicate_rows(found[:top]))
    show(tables.duplicate_listing(shown, hidden=len(found) - len(shown)), how.chosen)


@grouped
def layers(
    source: Source,
    top_first: Annotated[bool, typer.Option("--top-first", metavar="", help="The newest step first.")] = False,
    *,
    how: ListingFormat,
) -> None:
    """List the steps that built the image, as docker history does, with sizes and digests; the oldest comes first.

    A terminal of 130 columns or more also shows diff IDs, chain IDs and comments.
    """
    from ocianalyze.cli.output import show
    from ocianalyze.report.compose import rows
    from ocianalyze.report.listings import tables

    steps = rows.step_rows(source.analyze())
    if top_first:
        steps.reverse()
    show(tables.step_listing(steps), how.chosen)
