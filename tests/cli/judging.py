"""What rules say of the sample image, out of the JSON report."""

from __future__ import annotations

import json
from collections.abc import Callable

import jsonschema

from ocianalyze.report.formats.schema import report_schema
from tests.cli.run import WEBAPP, run

TOML = ".ocianalyze.toml"
Write = Callable[[str, str], None]


def verdict(*args: str, code: int) -> dict[str, object]:
    """The verdict in a report that keeps to its schema, of a run that ends with *code*."""
    done = run("report", WEBAPP, "--json", *args)
    assert done.returncode == code, done.stderr
    report = json.loads(done.stdout)
    jsonschema.Draft202012Validator(report_schema()).validate(report)
    found = report["verdict"]
    assert isinstance(found, dict)
    return found


def failed(*args: str, code: int = 1) -> list[str]:
    """The rules that failed, in order."""
    failures = verdict(*args, code=code)["failures"]
    assert isinstance(failures, list)
    return [failure["rule"] for failure in failures]
