"""Failed rules and the largest waste as SARIF 2.1.0, for services that collect the findings of many tools."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, TextIO
from urllib.parse import quote

import msgspec

from ocianalyze.analysis.rules.table import BY_NAME
from ocianalyze.analysis.waste.waste import WasteCause
from ocianalyze.report import words
from ocianalyze.report.values.documents import ReportDocument
from ocianalyze.report.values.report import Report
from ocianalyze.report.values.verdict import FailureRow, IgnoredRow, VerdictBlock

WASTED_PATHS = 100
"""How many wasted paths become results; the text and JSON reports have all."""
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "IMAGE"
_CAUSES = {
    WasteCause.OVERWRITTEN: "Stored, and overwritten with other content.",
    WasteCause.METADATA_ONLY: "Stored again with the same content.",
    WasteCause.DELETED: "Stored, and deleted by a later layer.",
    WasteCause.OPAQUE: "Stored, and hidden by an opaque marker.",
    WasteCause.REPLACED: "Stored, and replaced by something of another type.",
    WasteCause.DUPLICATE_ENTRY: "Stored more than once in one layer.",
}


def write(document: ReportDocument, out: TextIO) -> None:
    """The report as one SARIF log with one run. All of it is ASCII."""
    report = document.report
    results = list(_results(report))
    rules = sorted({result["ruleId"] for result in results})
    for result in results:
        result["ruleIndex"] = rules.index(result["ruleId"])
    run = {
        "tool": {
            "driver": {
                "name": report.tool.name,
                "semanticVersion": report.tool.version,
                "rules": [{"id": rule, "shortDescription": {"text": _meaning(rule)}} for rule in rules],
            }
        },
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the image's merged file system."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    out.write(json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n")


def _results(report: Report) -> Iterator[dict[str, Any]]:
    if not isinstance(report.verdict, msgspec.UnsetType):
        yield from _verdict(report.verdict, report.image.source)
    for row in report.waste.paths[:WASTED_PATHS]:
        text = (
            f"/{row.path}: {words.size(row.wasted)} wasted ({words.cause(row.cause.value)}), "
            f"written by layer {row.written_by}, hidden by layer {row.killed_by}"
        )
        yield _result(f"waste/{row.cause.value}", "note", text, [_file(row.path)], (row.path,))


def _verdict(verdict: VerdictBlock, source: str) -> Iterator[dict[str, Any]]:
    for failure in verdict.failures:
        yield _failed(failure, source)
    for ignored in verdict.ignored:
        suppression = {"kind": "external", "status": "accepted", "justification": words.safe_name(ignored.reason)}
        yield _failed(ignored, source) | {"suppressions": [suppression]}


def _failed(row: FailureRow | IgnoredRow, source: str) -> dict[str, Any]:
    # The first path only: several locations would say that all of them have to be changed for one repair.
    paths = row.paths if isinstance(row, FailureRow) else []
    main = _file(paths[0]) if paths else _location({"uri": _uri(source)})
    result = _result(row.rule, "error", row.message, [main], (row.subject,))
    if paths[1:]:
        result["relatedLocations"] = [_file(path) for path in paths[1:]]
    return result


def _result(
    rule: str, level: str, text: str, locations: list[dict[str, Any]], identity: tuple[str, ...]
) -> dict[str, Any]:
    key = "\0".join((rule, *identity)).encode("utf-8", "surrogatepass")
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": words.safe_name(text)},
        "locations": locations,
        "partialFingerprints": {"ruleAndSubject/v1": hashlib.sha256(key).hexdigest()},
    }


def _file(path: str) -> dict[str, Any]:
    return _location({"uri": _uri(path), "uriBaseId": _ROOT})


def _location(artifact: dict[str, Any]) -> dict[str, Any]:
    # GitHub's code scanning demands a line, and other scanners of images say the first.
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": 1}}}


def _uri(path: str) -> str:
    """*path* as a relative reference (RFC 3986): a colon in its first segment would look like a scheme."""
    return quote(path.encode("utf-8", "surrogateescape"), safe="/") or "."


def _meaning(rule: str) -> str:
    if rule.startswith("waste/"):
        return _CAUSES[WasteCause(rule.removeprefix("waste/"))]
    return BY_NAME[rule].meaning
