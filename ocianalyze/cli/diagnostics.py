"""The one place that writes to standard error and decides exit codes."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Iterator
from enum import IntEnum

import typer

from ocianalyze import __version__
from ocianalyze.cli.github import defused
from ocianalyze.cli.memory import is_lack_of_memory
from ocianalyze.cli.remedies import suggestion
from ocianalyze.cli.signals import INTERRUPTED
from ocianalyze.errors import AmbiguousImageError, OcianalyzeError, UsageError


class ExitCode(IntEnum):
    """The exit codes of the program."""

    FINE = 0
    RULE_FAILED = 1
    """A rule failed, two images differ and --exit-code was given, `verify` found something, or `grep` nothing."""
    USAGE = 2
    """No such path, layer or option, or the output cannot be written."""
    UNREADABLE = 3
    """The image could not be read."""
    BUG = 70
    """An error that nobody foresaw (EX_SOFTWARE)."""
    INTERRUPTED = INTERRUPTED
    CLOSED_PIPE = 141
    """The reader of the output went away, as shells report it (128 + SIGPIPE)."""


# typer names only the leaf; where its own parents live has changed between releases.
CommandLineError: type[Exception] = typer.BadParameter.__mro__[1]


@contextlib.contextmanager
def boundary() -> Iterator[None]:
    """Turn an exception of a command into lines on standard error and an exit code."""
    try:
        yield
    except OcianalyzeError as error:
        tell(error)
        raise typer.Exit(ExitCode.USAGE if isinstance(error, UsageError) else ExitCode.UNREADABLE) from None
    except BrokenPipeError:
        _discard_output()
        raise typer.Exit(ExitCode.CLOSED_PIPE) from None
    except (typer.Exit, typer.Abort, CommandLineError):
        raise
    except Exception as error:
        if lack := _lack(error):
            tell(lack)
            raise typer.Exit(ExitCode.UNREADABLE) from None
        if os.environ.get("OCIANALYZE_DEBUG") == "1":
            traceback.print_exc()
        _tell_bug(error)
        raise typer.Exit(ExitCode.BUG) from None


def _lack(error: Exception) -> OcianalyzeError | None:
    """What the machine, or a limit that somebody set, did not give; None for any other *error*."""
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return OcianalyzeError("too many open files", hint="raise the limit of this shell, as in ulimit -n 256")
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        hint = "make room, or set TMPDIR to a directory with room"
        return OcianalyzeError(f"cannot write {error.filename or 'a file'}: {error.strerror}", hint=hint)
    if is_lack_of_memory(error):
        return OcianalyzeError("not enough memory", hint="give this process more; ulimit -v and -u limit it")
    return None


def tell(error: OcianalyzeError) -> None:
    """Write the error, where it happened, and its hint."""
    where = f"{error.where}: " if error.where else ""
    _say(f"error: {where}{error.message}")
    if isinstance(error, AmbiguousImageError):
        for choice in error.choices:
            _write("  " + _safe(choice))
    if hint := suggestion(error):
        _write("hint: " + _safe(hint))


def note(text: str) -> None:
    """Write a line that is no error, such as a count of the files that were left out."""
    _say(text)


def tell_failure(message: str) -> None:
    """Write which rule failed, with its limit and the value."""
    _say(f"failed: {message}")


def annotate(level: str, title: str, text: str) -> None:
    """Write a workflow command that GitHub shows as an annotation; *level* is `error` or `warning`."""
    body = defused(_safe(text)).replace("%", "%25")
    head = defused(_safe(title)).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    _write_as_it_is(f"::{level} title={head}::{body}")


def tell_usage(message: str, command: str, hint: str | None = None) -> None:
    """Write why the command line was not understood, and *hint* or where *command* is explained."""
    _say(f"error: {message}")
    _write(f"hint: {_safe(hint or f'{command} --help explains how it is used')}")


@contextlib.contextmanager
def leaving_at_once() -> Iterator[None]:
    """End the process with the exit code of the block, without taking a million objects apart first.

    That costs 0.7 s for an image of 240,000 entries, measured. Output is flushed; whatever else is open is
    only read from.
    """
    try:
        yield
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else ExitCode.FINE
        try:
            sys.stdout.flush()
        except (OSError, ValueError):
            code = code or ExitCode.CLOSED_PIPE
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(code)


def _tell_bug(error: Exception) -> None:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119 - a name for people, not a path
    _say(f"error: internal error at {place}: {type(error).__name__}: {error}")
    _write(
        f"hint: this is a bug in ocianalyze {__version__}, please report it; "
        "OCIANALYZE_DEBUG=1 shows where it comes from"
    )


def _say(text: str) -> None:
    _write("ocianalyze: " + _safe(text))


def _safe(text: str) -> str:
    # Deferred: words brings rich along, which a run that goes well does not need here.
    from ocianalyze.report.words import safe_name

    return safe_name(text)


def _write(line: str) -> None:
    _write_as_it_is(defused(line))


def _write_as_it_is(line: str) -> None:
    # Standard error may be closed; there is nobody left to tell then.
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def _discard_output() -> None:
    """Keep the interpreter from complaining, on its way out, about output that nobody reads."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
