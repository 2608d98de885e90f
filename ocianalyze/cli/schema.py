"""`schema`: the schemas of the documents that are written for machines."""

from __future__ import annotations

from typing import Any

import typer

schema = typer.Typer(help="Print the schema of a machine-readable output.", no_args_is_help=True)


@schema.command()
def diff() -> None:
    """Print the JSON Schema (2020-12) of `diff --json`."""
    from ocianalyze.report.formats.schema import diff_schema

    _print(diff_schema())


@schema.command()
def report() -> None:
    """Print the JSON Schema (2020-12) of `report --json`."""
    from ocianalyze.report.formats.schema import report_schema

    _print(report_schema())


def _print(found: dict[str, Any]) -> None:
    import json

    from ocianalyze.cli.output import opened

    with opened(None, machine=True) as out:
        out.write(json.dumps(found, indent=2) + "\n")
