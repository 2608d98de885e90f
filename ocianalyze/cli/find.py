"""Looking for files: `find`, `grep`, `history`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ocianalyze.cli.completion import complete_path
from ocianalyze.cli.formats import ListingFormat, NestedListingFormat
from ocianalyze.cli.image_options import ImageToRead
from ocianalyze.cli.options import Options, option
from ocianalyze.cli.reading import AfterLayer, PathArgument
from ocianalyze.errors import UsageError, located

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocianalyze.api.search import Predicate
    from ocianalyze.report.values.listings import HitRow


Names = Annotated[
    list[str],
    option("Find files whose base name matches, as in *.py. Repeatable; any may match.", "--name", metavar="GLOB"),
]
Paths = Annotated[
    list[str], option("Find files whose whole path matches, as in /usr/**/*.so.", "--path", metavar="GLOB")
]
Regex = Annotated[str | None, option("Find files in whose absolute path EXPR is found.", "--regex", metavar="EXPR")]
Sizes = Annotated[
    list[str], option("Find files of more (+1M), less (-10k) or exactly so many bytes.", "--size", metavar="SIZE")
]
Types = Annotated[
    str | None,
    option("Find files of these types: f, d, l, c, b, p, or file,dir,symlink,...", "--type", metavar="TYPES"),
]
Owner = Annotated[
    str | None,
    option("Find files of this owner, by number or by name as the layer has it.", "--owner", metavar="USER[:GROUP]"),
]
_MODES = "exactly (0755), with all of these bits (-4000) or any (/6000), or setuid, setgid, sticky, world-writable"
Mode = Annotated[str | None, option(f"Find files by mode: {_MODES}.", "--mode", "--perm", metavar="MODE")]
StoredBy = Annotated[int | None, option("Find what layer K stores.", "--stored-by", metavar="K")]
Newer = Annotated[
    str | None,
    option("Find files modified after 2024-01-31, 2024-01-31T12:00:00Z or @SECONDS.", "--newer", metavar="TIME"),
]
ChangeKinds = Annotated[
    list[str],
    option("Find what layers changed in this way, in place of what the image shows.", "--change", metavar="KIND"),
]


class Conditions(Options):
    """The conditions that a file must meet to be found."""

    name: Names
    path_: Paths
    regex: Regex = None
    size: Sizes
    type_: Types = None
    owner: Owner = None
    mode: Mode = None
    stored_by: StoredBy = None
    newer: Newer = None

    def predicates(self) -> list[Predicate]:
        """A predicate for each condition; a file is found when all of them hold."""
        from ocianalyze.api.search import ALTERNATIVES, CONDITIONS, any_of, by_layer

        found: list[Predicate] = []
        for name, make in CONDITIONS.items():
            with located(f"--{name}"):
                tests = [make(text) for text in self._texts(name)]
            found += [any_of(tests)] if tests and name in ALTERNATIVES else tests
        return found if self.stored_by is None else [*found, by_layer(self.stored_by)]

    def _texts(self, name: str) -> list[str]:
        """The values given for the condition *name*."""
        given = getattr(self, {"path": "path_", "type": "type_"}.get(name, name))
        return given if isinstance(given, list) else [] if given is None else [given]


def find(
    source: ImageToRead,
    conditions: Conditions,
    path: PathArgument = "",
    change: ChangeKinds = [],  # noqa: B006 - typer copies it
    deleted: Annotated[bool, option("Find what some layer stores and the image no longer shows.", "--deleted")] = False,
    long: Annotated[bool, option("Show the columns of ls.", "--long", "-l")] = False,
    layer: AfterLayer = None,
    *,
    how: ListingFormat,
) -> None:
    """Find files that meet all conditions, in the merged view, among what layers changed, or among what is deleted.

    KIND is added, modified, metadata, replaced, removed or unchanged.
    """
    from ocianalyze.api.search import find_files
    from ocianalyze.cli.output import show
    from ocianalyze.report.listings.files import match_listing

    if ((change or deleted) and layer is not None) or (change and deleted):
        raise UsageError("--layer, --change and --deleted exclude each other", hint="--stored-by K goes with any")
    tests = conditions.predicates()
    found = find_files(source.analyze(), path, tests, layer=layer, kinds=change, deleted=deleted)
    show(match_listing(found, long=long), how.format)


def history(
    source: ImageToRead,
    path: Annotated[
        str,
        typer.Argument(metavar="PATH", help="A path inside the image, deleted or not.", autocompletion=complete_path),
    ],
    *,
    how: ListingFormat,
) -> None:
    """Show what each layer did to one path: who wrote, changed and deleted it, and what each copy still costs."""
    from ocianalyze.api.views import history_of
    from ocianalyze.cli.output import show
    from ocianalyze.report.compose import rows
    from ocianalyze.report.listings import tables

    analysis = source.analyze()
    place, events = history_of(analysis, path)
    show(tables.event_listing(place, list(rows.event_rows(analysis, events))), how.format)


AllLayers = Annotated[
    bool,
    typer.Option("--all-layers", "-A", metavar="", help="Search every stored copy, deleted and overwritten ones too."),
]
IgnoreCase = Annotated[bool, typer.Option("--ignore-case", "-i", metavar="", help="Take a for A (ASCII).")]
Fixed = Annotated[bool, typer.Option("--fixed-strings", "-F", metavar="", help="Take REGEX for plain text.")]
NamesOnly = Annotated[bool, typer.Option("--files-with-matches", "-l", metavar="", help="Print names of files only.")]
BinaryToo = Annotated[bool, typer.Option("--text", "-a", metavar="", help="Show lines of binary files too.")]
Expression = Annotated[
    str, typer.Argument(metavar="REGEX", help="A regular expression as Python has them, over bytes.")
]
Where = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH]...",
        help="Where to search; without it, everywhere.",
        show_default=False,
        autocompletion=complete_path,
    ),
]


def grep(
    source: ImageToRead,
    expression: Expression,
    paths: Where = None,
    layer: AfterLayer = None,
    all_layers: AllLayers = False,
    stored_by: StoredBy = None,
    ignore_case: IgnoreCase = False,
    fixed: Fixed = False,
    names_only: NamesOnly = False,
    text: BinaryToo = False,
    *,
    how: NestedListingFormat,
) -> None:
    """Search the contents of files for lines that match, in one pass over each layer.

    Ends with 0 when something was found and with 1 when nothing was, as grep does.
    """
    from ocianalyze.api.search import Scope, compile_search, grep_files
    from ocianalyze.cli.diagnostics import ExitCode
    from ocianalyze.cli.output import show
    from ocianalyze.report.compose.rows import hit_rows
    from ocianalyze.report.listings.hits import hit_listing

    many = all_layers or stored_by is not None
    if (layer is not None and many) or (all_layers and stored_by is not None):
        raise UsageError("--layer, --all-layers and --stored-by exclude each other")
    search = compile_search(expression, ignore_case=ignore_case, fixed=fixed)
    with source.open() as image:
        scope = Scope(paths=tuple(paths or ()), layer=layer, all_layers=all_layers, stored_by=stored_by)
        text = text or not how.format.is_for_people
        found = grep_files(image, search, scope, text=text, first_only=names_only)
        hits = _Watched(hit_rows(found))
        show(hit_listing(hits, names_only=names_only, layers=many), how.format)
    if not hits.any:
        raise typer.Exit(ExitCode.RULE_FAILED)


class _Watched:
    """An iterable of rows that remembers whether there were any."""

    def __init__(self, rows: Iterator[HitRow]) -> None:
        self._rows = rows
        self.any = False

    def __iter__(self) -> Iterator[HitRow]:
        for row in self._rows:
            self.any = True
            yield row
