"""Reports compared byte for byte with the files in tests/golden.

`OCIANALYZE_GOLDEN=write pytest tests/report/formats/test_golden.py` writes them anew; look at the difference.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ocianalyze.analysis.compare.builddiff import compare_builds
from ocianalyze.analysis.compare.imagediff import compare
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.report.compose import diff as composediff
from ocianalyze.report.compose import report as compose
from ocianalyze.report.formats import (
    to_dockerfile,
    to_html,
    to_json,
    to_junit,
    to_markdown,
    to_markdown_diff,
    to_sarif,
    to_text,
    to_text_diff,
)
from ocianalyze.report.values.documents import ComparisonDocument, ReportDocument
from tests.report.judging import Writer as Writing
from tests.report.judging import judged
from tests.report.samples import EVIL, hostile, webapp, webapp_v2

GOLDEN = Path(__file__).parents[2] / "golden"

Writer = Callable[[Analysis, io.StringIO], None]


def _json(analysis: Analysis, out: io.StringIO) -> None:
    to_json.write(compose.report_document(analysis, files=True), out)


def _text(analysis: Analysis, out: io.StringIO) -> None:
    to_text.write(compose.report_document(analysis), out)


def _judged(writer: Writing) -> Writer:
    """With a verdict in which rules pass, fail and are ignored."""
    return lambda analysis, out: writer.write(_report(analysis), out)


def _hostile(writer: Writing) -> Writer:
    """With failures at hostile paths, of hostile rules."""
    rules = {"forbidden_path": ["/**"], "forbidden_env": ["*"], "required_label": [EVIL + "&<]]>"]}
    return lambda analysis, out: writer.write(judged(analysis, **rules), out)


def _report(analysis: Analysis) -> ReportDocument:
    ignore = [{"rule": "max-layers", "reason": "a reason", "expires": "2025-01-01"}]
    rules = {"max_wasted": "1kB", "max_layers": 1, "no_setuid": True, "budget": {"/etc/**": "500"}}
    return judged(analysis, ignore=ignore, **rules)


@pytest.mark.parametrize(
    ("name", "analysis", "write", "columns"),
    [
        ("webapp.json", webapp(), _json, ""),
        ("webapp.txt", webapp(), _text, ""),
        ("webapp-80.txt", webapp(), _text, "80"),
        ("webapp-160.txt", webapp(), _text, "160"),
        ("judged.txt", webapp(), _judged(to_text), ""),
        ("judged.md", webapp(), _judged(to_markdown), ""),
        ("judged.json", webapp(), _judged(to_json), ""),
        ("judged.html", webapp(), _judged(to_html), ""),
        ("webapp.Dockerfile", webapp(), _judged(to_dockerfile), ""),
        ("hostile.Dockerfile", hostile(), _judged(to_dockerfile), ""),
        ("judged.sarif", webapp(), _judged(to_sarif), ""),
        ("judged.xml", webapp(), _judged(to_junit), ""),
        ("hostile.md", hostile(), _judged(to_markdown), ""),
        ("hostile.json", hostile(), _json, ""),
        ("hostile.txt", hostile(), _text, ""),
        ("hostile.sarif", hostile(), _hostile(to_sarif), ""),
        ("hostile.xml", hostile(), _hostile(to_junit), ""),
    ],
)
def test_a_report_is_what_it_was(
    name: str, analysis: Analysis, write: Writer, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(compose, "__version__", "0.0.0")
    out = io.StringIO()
    write(analysis, out)
    golden = GOLDEN / name
    if os.environ.get("OCIANALYZE_GOLDEN") == "write":
        golden.write_bytes(out.getvalue().encode())
    assert out.getvalue().encode() == golden.read_bytes()


DiffWriter = Callable[[ComparisonDocument, io.StringIO], None]


@pytest.mark.parametrize(
    ("name", "old", "new", "write", "columns"),
    [
        ("diff.json", webapp(), webapp_v2(), to_json.write, ""),
        ("diff.md", webapp(), webapp_v2(), to_markdown_diff.write, ""),
        ("diff.txt", webapp(), webapp_v2(), to_text_diff.write, ""),
        ("diff-80.txt", webapp(), webapp_v2(), to_text_diff.write, "80"),
        ("diff-hostile.md", webapp(), hostile(), to_markdown_diff.write, ""),
        ("diff-hostile.txt", webapp(), hostile(), to_text_diff.write, ""),
    ],
)
def test_a_comparison_is_what_it_was(
    name: str, old: Analysis, new: Analysis, write: DiffWriter, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(composediff, "__version__", "0.0.0")
    report = composediff.comparison_document(compare(old, new), builds=compare_builds(old.image, new.image))
    out = io.StringIO()
    write(report, out)
    golden = GOLDEN / name
    if os.environ.get("OCIANALYZE_GOLDEN") == "write":
        golden.write_bytes(out.getvalue().encode())
    assert out.getvalue().encode() == golden.read_bytes()
