"""The commands: parse, call the api, write or show, exit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import chain
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ocianalyze import __version__
from ocianalyze.cli.commands import MadeOnDemand
from ocianalyze.cli.diagnostics import CommandLineError, ExitCode, boundary, leaving_at_once, tell, tell_usage
from ocianalyze.cli.hints import command_with, instead_of_a_command, rewritten
from ocianalyze.cli.signals import exit_code
from ocianalyze.errors import UsageError, brief
from ocianalyze.report import REPORT_SCHEMA

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


class Commands(TyperGroup):
    """The commands. A bare IMAGE is an argument of `browse`, and an error becomes an exit code here."""

    def __init__(self, **given: Any) -> None:
        """Take the commands of the table in place of none."""
        super().__init__(**given)
        self.commands = MadeOnDemand()  # type: ignore[assignment]  # nobody adds commands to it

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command that the arguments name, and exit with its exit code."""
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
        if code == ExitCode.INTERRUPTED:
            code = exit_code()
        sys.exit(code if isinstance(code, int) else ExitCode.FINE)

    def invoke(self, ctx: Any) -> Any:
        """Run the command inside the boundary that turns errors into words."""
        with boundary():
            return super().invoke(ctx)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `browse` before arguments that begin with no command."""
        own = set(chain(*(parameter.opts for parameter in self.get_params(ctx))))
        args = rewritten(args, self.commands)
        if args and args[0] not in self.commands and args[0].partition("=")[0] not in own:
            if wrong := instead_of_a_command(args, self.commands, own):
                ctx.fail(wrong)
            ctx.meta[_BARE] = list(args)
            args = ["browse", *args]
        return super().parse_args(ctx, args)


_BARE = "ocianalyze.bare"
"""The key of the arguments that named an image and no command, in what the contexts of click share."""


def _usage_error(error: Any) -> int:
    if error.ctx is not None and type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return ExitCode.USAGE
    bare: list[str] = error.ctx.meta.get(_BARE, []) if error.ctx else []
    message, path = brief(error.format_message(), 400), error.ctx.command_path if error.ctx else "ocianalyze"
    if option := getattr(error, "option_name", None) if bare else None:
        message, path = f"No such option without a command: {option}", "ocianalyze"
        hint = command_with(option, bare, error.ctx.find_root().command.commands)
    elif path.endswith(" history") and getattr(getattr(error, "param", None), "name", "") == "path":
        hint = "ocianalyze layers IMAGE lists the steps of the build; history takes a PATH inside the image too"
    else:
        hint = None
    tell_usage(message, path, hint)
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


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ocianalyze {__version__} ({REPORT_SCHEMA})")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", "-V", metavar="", callback=_version, is_eager=True, help="Print versions and exit."),
    ] = False,
) -> None:
    """Options of the program itself."""


def main() -> None:
    """The `ocianalyze` program."""
    command: Callable[..., Any] = typer.main.get_command(app)
    with leaving_at_once():
        command(prog_name="ocianalyze")
