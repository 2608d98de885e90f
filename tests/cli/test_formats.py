"""What the command line offers is what the table of formats holds."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from ocianalyze.cli.formats import ListingFormat, NestedListingFormat, ReportOutput
from ocianalyze.cli.options import grouped
from ocianalyze.errors import UsageError
from ocianalyze.report.formats import table
from ocianalyze.report.formats.table import Format, formats_for

ROMAN = Format(name="roman", aliases=("rom",), suffixes=(".rom",), writers={"report": "to_roman"})


def _run(arguments: list[str], *, group: type) -> Any:
    """What a command with *group* gets for *arguments*."""
    got: list[Any] = []

    def command(given: Any) -> None:
        got.append(given)

    command.__annotations__ = {"given": group}
    app = typer.Typer()
    app.command()(grouped(command))
    done = CliRunner().invoke(app, arguments, catch_exceptions=True)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return got[0] if got else done.output


def test_a_row_in_the_table_is_all_that_a_format_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "FORMATS", (*table.FORMATS, ROMAN))
    for arguments in (["--format", "roman"], ["-o", "rom:x.rom"], ["-o", "roman:x"], ["-o", "y.rom"]):
        assert _run(arguments, group=ReportOutput).targets[0].format is ROMAN
    assert "roman" in _run(["--format", "greek"], group=ReportOutput)


def test_the_longest_suffix_tells() -> None:
    [target, _] = _run(["-o", "x.sarif.json"], group=ReportOutput).targets
    assert (target.file, target.format.name) == (Path("x.sarif.json"), "sarif")


def test_switches_of_listings_come_from_the_table_too() -> None:
    assert _run(["--csv"], group=ListingFormat).format is formats_for("listing")["csv"]
    assert _run([], group=NestedListingFormat).format is table.TEXT
    assert "No such option: --csv" in _run(["--csv"], group=NestedListingFormat)
    with pytest.raises(UsageError, match="--json and --csv exclude each other"):
        _run(["--csv", "--json"], group=ListingFormat)


def test_a_format_imports_its_module_when_it_writes() -> None:
    with pytest.raises(ModuleNotFoundError, match="to_roman"):
        replace(ROMAN, writers={"report": "to_roman"}).write(_Document(), io.StringIO())  # type: ignore[arg-type]


class _Document:
    kind = "report"
