"""`schema`: the schemas of the documents that are written for machines."""

from __future__ import annotations

from typing import Any


def report() -> None:
    """Print the JSON Schema (2020-12) of `report --json`."""
    from ocianalyze.report.formats.schema import report_schema

    _print(report_schema())


def diff() -> None:
    """Print the JSON Schema (2020-12) of `diff --json`."""
    from ocianalyze.report.formats.schema import diff_schema

    _print(diff_schema())


def _print(schema: dict[str, Any]) -> None:
    import json

    from ocianalyze.cli.output import opened

    with opened(None, machine=True) as out:
        out.write(json.dumps(schema, indent=2) + "\n")
