"""Listings: `ls`, `tree`, `largest` and `duplicates` of the merged file system, `layers` and `changes`."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from ocianalyze.cli.formats import ListingFormat, NestedListingFormat
from ocianalyze.cli.image_options import ImageToRead
from ocianalyze.cli.options import option, top_option
from ocianalyze.cli.reading import AfterLayer, PathArgument


class Order(Enum):
    """How a listing is sorted."""

    NAME = "name"
    SIZE = "size"


OfLayer = Annotated[int | None, option("Show layer K alone; 0 is the bottom.", "--layer", metavar="K")]
Top = Annotated[int, top_option("List so many.", least=1, show_default=True)]


def ls(
    source: ImageToRead,
    path: PathArgument = "",
    recursive: Annotated[bool, option("List all that is below, too.", "--recursive", "-R")] = False,
    long: Annotated[
        bool, option("Show exact sizes and times, owners by name and attributes, piped too.", "--long", "-l")
    ] = False,
    du: Annotated[bool, option("Show for each directory the size of all that is below it.", "--du")] = False,
    digest: Annotated[bool, option("Show the SHA-256 of every file.", "--digest")] = False,
    sort: Annotated[Order, typer.Option(help="Sort by name, or by size with the largest first.")] = Order.NAME,
    layer: AfterLayer = None,
    *,
    how: ListingFormat,
) -> None:
    """List files of the merged file system, as a container sees it or as it is after layer K.

    Piped, it prints names alone, unless columns are asked for.

    PATH may be a pattern, in quotes against the shell: '/etc/*.conf', '/usr/**/*.so'.
    """
    from ocianalyze.api.places import totals
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
    show(file_listing(found, columns), how.format)


def tree(
    source: ImageToRead,
    path: PathArgument = "",
    depth: Annotated[
        int | None, typer.Option("--depth", "-L", metavar="N", min=0, help="Show so many levels.", show_default="all")
    ] = None,
    directories: Annotated[bool, option("Show directories only.", "--dirs", "-d")] = False,
    layer: AfterLayer = None,
    *,
    how: ListingFormat,
) -> None:
    """Draw the merged file system as a tree, with the size of all below each directory."""
    from ocianalyze.api.places import usage_below
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
    show(tables.tree_listing(shown), how.format)


def largest(
    source: ImageToRead,
    path: PathArgument = "",
    top: Top = 20,
    directories: Annotated[bool, option("List directories, each with all that is below it.", "--dirs", "-d")] = False,
    layer: AfterLayer = None,
    *,
    how: ListingFormat,
) -> None:
    """List the largest files of the merged file system, or its largest directories."""
    from ocianalyze.api.places import largest_below
    from ocianalyze.cli.output import show
    from ocianalyze.report.compose import rows
    from ocianalyze.report.listings import tables

    found = largest_below(source.analyze(), path, top, layer=layer, directories=directories)
    show(tables.largest_listing(list(rows.usage_rows(found)), directories=directories), how.format)


def duplicates(
    source: ImageToRead,
    top: Top = 20,
    min_size: Annotated[int, typer.Option("--min-size", metavar="BYTES", min=1, help="Leave out smaller files.")] = 1,
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
    show(tables.duplicate_listing(shown, hidden=len(found) - len(shown)), how.format)


def layers(
    source: ImageToRead,
    top_first: Annotated[bool, option("Show the newest step first.", "--top-first")] = False,
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
    show(tables.step_listing(steps), how.format)


def changes(source: ImageToRead, layer: OfLayer = None, *, how: NestedListingFormat) -> None:
    """List what each layer did: added, modified, metadata, replaced, removed, unchanged."""
    from ocianalyze.api.views import changes_of
    from ocianalyze.cli.output import show
    from ocianalyze.report.compose.rows import change_rows
    from ocianalyze.report.listings.files import change_listing

    analysis = source.analyze()
    show(change_listing(change_rows(changes_of(analysis, layer)), analysis.image.layers), how.format)
