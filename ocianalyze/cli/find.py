"""Looking for files: `find`, `grep`, `history`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocianalyze.cli.completion import complete_path
from ocianalyze.cli.reading import AfterLayer, Csv, Form, JsonLines, PathArgument, form, write_rows
from ocianalyze.cli.source import Source
from ocianalyze.errors import UsageError, located

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ocianalyze.analysis.query.predicates import Predicate
    from ocianalyze.contents.grep import Hit
    from ocianalyze.report.values.listings import HitRow


def _many(help_text: str, *names: str, metavar: str) -> Any:
    return typer.Option(*names, metavar=metavar, help=help_text, show_default=False)


Names = Annotated[list[str], _many("The base name matches; *.py. Repeatable, any will do.", "--name", metavar="GLOB")]
Paths = Annotated[list[str], _many("The whole path matches; /usr/**/*.so.", "--path", metavar="GLOB")]
Regex = Annotated[str | None, _many("Found in the absolute path.", "--regex", metavar="EXPR")]
Sizes = Annotated[list[str], _many("More (+1M), less (-10k) or exactly so many bytes.", "--size", metavar="SIZE")]
Types = Annotated[str | None, _many("f, d, l, c, b, p, or file,dir,symlink,...", "--type", metavar="TYPES")]
Owner = Annotated[str | None, _many("By number or by name as the layer has it.", "--owner", metavar="USER[:GROUP]")]
Mode = Annotated[str | None, _many("0755 exactly, -4000 all, /6000 any, or setuid, setgid, sticky, world-writable.",
                                   "--mode", "--perm", metavar="MODE")]  # fmt: skip
StoredBy = Annotated[int | None, _many("Stored by layer K.", "--stored-by", metavar="K")]
Newer = Annotated[
    str | None, _many("Modified after 2024-01-31, 2024-01-31T12:00:00Z or @SECONDS.", "--newer", metavar="TIME")
]
ChangeKinds = Annotated[list[str], _many("Instead of the view: what layers changed so.", "--change", metavar="KIND")]


def find(
    source: Source,
    path: PathArgument = "",
    name: Names = [],  # noqa: B006 - typer copies it, as below
    path_: Paths = [],  # noqa: B006
    regex: Regex = None,
    size: Sizes = [],  # noqa: B006
    type_: Types = None,
    owner: Owner = None,
    mode: Mode = None,
    stored_by: StoredBy = None,
    newer: Newer = None,
    change: ChangeKinds = [],  # noqa: B006
    deleted: Annotated[bool, typer.Option("--deleted", metavar="", help="What is gone from the final view.")] = False,
    long: Annotated[bool, typer.Option("--long", "-l", metavar="", help="As ls shows them.")] = False,
    layer: AfterLayer = None,
    json: JsonLines = False,
    csv: Csv = False,
) -> None:
    """Find files that meet all conditions, in the merged view, among what layers changed, or among what is deleted.

    KIND is added, modified, metadata, replaced, removed or unchanged.
    """
    from ocianalyze.api.search import find_files
    from ocianalyze.cli.output import opened
    from ocianalyze.report.listings import files as listing
    from ocianalyze.report.values.listings import FileRow

    chosen = form(json=json, csv=csv)
    if ((change or deleted) and layer is not None) or (change and deleted):
        raise UsageError("--layer, --change and --deleted exclude each other", hint="--stored-by K goes with any")
    tests = _predicates(name, path_, regex, size, type_, owner, mode, stored_by, newer)
    found = find_files(source.analyze(), path, tests, layer=layer, kinds=change, deleted=deleted)
    with opened(None, machine=chosen is not Form.TEXT) as out:
        if chosen is Form.TEXT:
            listing.write_matches(found, out, long=long)
        else:
            write_rows(listing.match_rows(found), FileRow, chosen, out)


def _predicates(
    names: list[str],
    paths: list[str],
    regex: str | None,
    sizes: list[str],
    kinds: str | None,
    owner: str | None,
    mode: str | None,
    stored_by: int | None,
    newer: str | None,
) -> list[Predicate]:
    from ocianalyze.analysis.query import predicates as by

    def made(option: str, make: Callable[[str], Predicate], texts: Iterable[str | None]) -> list[Predicate]:
        with located(f"--{option}"):
            return [make(text) for text in texts if text is not None]

    tests = [by.any_of(some) for some in (made("name", by.by_name, names), made("path", by.by_path, paths)) if some]
    tests += made("size", by.by_size, sizes)
    tests += made("regex", by.by_regex, [regex])
    tests += made("type", by.by_kind, [kinds])
    tests += made("owner", by.by_owner, [owner])
    tests += made("mode", by.by_mode, [mode])
    tests += made("newer", by.by_newer, [newer])
    if stored_by is not None:
        tests.append(by.by_layer(stored_by))
    return tests


def history(
    source: Source,
    path: Annotated[
        str,
        typer.Argument(metavar="PATH", help="A path inside the image, deleted or not.", autocompletion=complete_path),
    ],
    json: JsonLines = False,
    csv: Csv = False,
) -> None:
    """Show what each layer did to one path: who wrote, changed and deleted it, and what each copy still costs."""
    from ocianalyze.analysis.query.pathhistory import path_history
    from ocianalyze.cli.output import opened
    from ocianalyze.report.compose import rows
    from ocianalyze.report.listings import tables
    from ocianalyze.report.values.listings import EventRow

    chosen = form(json=json, csv=csv)
    analysis = source.analyze()
    place, events = path_history(analysis, path)
    shown = list(rows.event_rows(analysis, events))
    with opened(None, machine=chosen is not Form.TEXT) as out:
        if chosen is Form.TEXT:
            tables.write_events(place, shown, out)
        else:
            write_rows(shown, EventRow, chosen, out)


AllLayers = Annotated[
    bool, typer.Option("--all-layers", "-A", metavar="", help="Every stored copy, deleted and overwritten ones too.")
]
IgnoreCase = Annotated[bool, typer.Option("--ignore-case", "-i", metavar="", help="a is A (ASCII).")]
Fixed = Annotated[bool, typer.Option("--fixed-strings", "-F", metavar="", help="REGEX is plain text.")]
NamesOnly = Annotated[bool, typer.Option("--files-with-matches", "-l", metavar="", help="Names of files only.")]
BinaryToo = Annotated[bool, typer.Option("--text", "-a", metavar="", help="Show lines of binary files too.")]
Expression = Annotated[str, typer.Argument(metavar="REGEX", help="As Python's re has them; over bytes.")]
Where = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH]...", help="Where; else everywhere.", show_default=False, autocompletion=complete_path
    ),
]


def grep(
    source: Source,
    expression: Expression,
    paths: Where = None,
    layer: AfterLayer = None,
    all_layers: AllLayers = False,
    stored_by: StoredBy = None,
    ignore_case: IgnoreCase = False,
    fixed: Fixed = False,
    names_only: NamesOnly = False,
    text: BinaryToo = False,
    json: JsonLines = False,
) -> None:
    """Search the contents of files for lines that match, in one pass over each layer.

    Ends with 0 when something was found and with 1 when nothing was, as grep does.
    """
    from ocianalyze.api.search import Scope, grep_files
    from ocianalyze.cli.diagnostics import ExitCode
    from ocianalyze.cli.output import opened
    from ocianalyze.contents.grep import compile_search
    from ocianalyze.report.listings import hits

    many = all_layers or stored_by is not None
    if (layer is not None and many) or (all_layers and stored_by is not None):
        raise UsageError("--layer, --all-layers and --stored-by exclude each other")
    search = compile_search(expression, ignore_case=ignore_case, fixed=fixed)
    with source.open() as image:
        scope = Scope(paths=tuple(paths or ()), layer=layer, all_layers=all_layers, stored_by=stored_by)
        found = grep_files(image, search, scope, text=text or json, first_only=names_only)
        with opened(None, machine=json) as out:
            count = hits.write(_hit_rows(found), out, json=json, names_only=names_only, layers=many)
    if not count:
        raise typer.Exit(ExitCode.RULE_FAILED)


def _hit_rows(found: Iterable[tuple[Hit, bool]]) -> Iterator[HitRow]:
    """*found*, each with whether the final view shows it, as rows."""
    from ocianalyze.report.values.listings import HitRow

    for hit, live in found:
        yield HitRow(
            path=hit.place.path,
            layer=hit.place.layer,
            live=live,
            line=hit.line,
            text=hit.text.decode("utf-8", "surrogateescape"),
        )
