"""The commands: parse, call the api, write or show, exit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ocianalyze import __version__
from ocianalyze.cli import query
from ocianalyze.cli.diagnostics import CommandLineError, ExitCode, boundary, leaving_at_once, tell, tell_usage
from ocianalyze.cli.diff import diff
from ocianalyze.cli.formats import NestedListingFormat, Target
from ocianalyze.cli.options import grouped
from ocianalyze.cli.report import report, write_report
from ocianalyze.cli.source import Source, takes_image
from ocianalyze.errors import UsageError, brief
from ocianalyze.report import REPORT_SCHEMA
from ocianalyze.report.formats.table import TEXT

_EPILOG = """\
[bold]Examples[/bold]
  ocianalyze image.tar                       browse it
  docker save nginx | ocianalyze report -    one screen of what is in it
  ocianalyze report image.tar --json | jq .waste.efficiency
  ocianalyze ls image.tar /etc -R --sort size
  ocianalyze changes image.tar --layer 3

[bold]Exit codes[/bold]
  0 fine    1 a rule failed    2 usage    3 the image could not be read
  70 a bug in ocianalyze    130 interrupted    141 the reader left
"""


_PANELS = {
    "Report": ("browse", "report", "layers", "changes", "dockerfile", "diff", "schema"),
    "Look at files": ("ls", "tree", "find", "largest", "duplicates", "history", "cat", "grep"),
    "Take out and check": ("extract", "export", "convert", "verify"),
}


class Commands(TyperGroup):
    """The commands, with `browse` as the one meant by a bare IMAGE; errors end in an exit code here."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        for panel, names in _PANELS.items():
            for name in set(names) & set(self.commands):
                self.commands[name].rich_help_panel = panel  # type: ignore[attr-defined]  # a TyperCommand's

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order of the panels, then the rest."""
        grouped = [name for names in _PANELS.values() for name in names if name in self.commands]
        return [*grouped, *(name for name in super().list_commands(ctx) if name not in grouped)]

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run, and exit with what became of it."""
        extra["standalone_mode"] = False
        try:
            code = super().main(*args, **extra)
        except CommandLineError as error:
            code = _usage_error(error)
        except typer.Abort:
            code = ExitCode.INTERRUPTED
        except OSError as error:  # of the help and the version, which come before any command
            tell(UsageError(f"cannot write standard output: {error.strerror}"))
            code = ExitCode.USAGE
        sys.exit(code if isinstance(code, int) else ExitCode.FINE)

    def invoke(self, ctx: Any) -> Any:
        """Run the command inside the boundary that turns errors into words."""
        with boundary():
            return super().invoke(ctx)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `browse` before what starts with no command."""
        own = set(chain(*(parameter.opts for parameter in self.get_params(ctx))))
        if args and args[0] not in self.commands and args[0].partition("=")[0] not in own:
            self._suspect(ctx, args)
            args = ["browse", *args]
        return super().parse_args(ctx, args)

    def _suspect(self, ctx: Any, args: list[str]) -> None:
        """Complain about what looks more like a misspelt command than like a file."""
        near = get_close_matches(args[0], self.commands, n=1)
        if near and not args[0].startswith("-") and not Path(args[0]).exists():
            ctx.fail(f"there is no command or file {args[0]!r}. Did you mean {near[0]!r}?")


def _usage_error(error: Any) -> int:
    if error.ctx is not None and type(error).__name__ == "NoArgsIsHelpError":
        error.show()
    else:
        tell_usage(brief(error.format_message(), 400), error.ctx.command_path if error.ctx else "ocianalyze")
    return ExitCode.USAGE


app = typer.Typer(
    cls=Commands,
    help="Look inside container images: layers, changes, wasted space and the merged file system.",
    epilog=_EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    subcommand_metavar="COMMAND | IMAGE",
    context_settings={"help_option_names": ["-h", "--help"]},
)
schemas = typer.Typer(help="Print the schema of a machine-readable output.", no_args_is_help=True)
app.add_typer(schemas, name="schema")


LayerIndex = Annotated[int | None, typer.Option("--layer", metavar="K", help="Index of a layer; 0 is the bottom.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ocianalyze {__version__} ({REPORT_SCHEMA})")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", metavar="", callback=_version, is_eager=True, help="Print versions and exit.")
    ] = False,
) -> None:
    """Options of the program itself."""


@app.command()
@partial(takes_image, above_base=True)
def browse(source: Source) -> None:
    """Walk through an image on the terminal. What a bare IMAGE does; piped, it is a text report."""
    from ocianalyze.cli.browse import browsable, explore

    if not browsable():
        raise typer.Exit(write_report(source, [Target(None, TEXT)]))
    raise typer.Exit(explore(source))


@app.command()
@takes_image
@grouped
def changes(source: Source, layer: LayerIndex = None, *, how: NestedListingFormat) -> None:
    """List what each layer did: added, modified, metadata, replaced, removed, unchanged."""
    from ocianalyze.api.views import changes_of
    from ocianalyze.cli.output import show
    from ocianalyze.report.compose.report import change_rows
    from ocianalyze.report.listings.files import change_listing

    analysis = source.analyze()
    show(change_listing(change_rows(changes_of(analysis, layer)), analysis.image.layers), how.chosen)


app.command()(takes_image(report, above_base=True))
query.register(app)
app.command()(diff)


@schemas.command("diff")
def diff_schema() -> None:
    """Print the JSON Schema (2020-12) of `diff --json`."""
    from ocianalyze.report.formats import schema

    _print_schema(schema.diff_schema())


@schemas.command("report")
def report_schema() -> None:
    """Print the JSON Schema (2020-12) of `report --json`."""
    from ocianalyze.report.formats import schema

    _print_schema(schema.report_schema())


def _print_schema(schema: dict[str, Any]) -> None:
    import json

    from ocianalyze.cli.output import opened

    with opened(None, machine=True) as out:
        out.write(json.dumps(schema, indent=2) + "\n")


def main() -> None:
    """The `ocianalyze` program."""
    command: Callable[..., Any] = typer.main.get_command(app)
    with leaving_at_once():
        command(prog_name="ocianalyze")
