"""The report as one page that needs nothing else: tables to sort and search, and maps of the bytes to walk through.

Nothing in it comes from anywhere else, and a strict content security policy says so. Whatever the image names is
text: harmless (`words.safe_name`) and escaped, in the page by the template, in the data by JSON and for `<`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, TextIO

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ocianalyze.analysis.union.changes import ChangeKind
from ocianalyze.analysis.waste.waste import WasteCause
from ocianalyze.report import REPORT_SCHEMA, words
from ocianalyze.report.highlights import (
    above_the_base,
    expired_notice,
    headline,
    missing_layers,
    secrets,
    secrets_headline,
)
from ocianalyze.report.values.documents import ReportDocument

ROWS = 300
"""Of each table: layers, wasted paths, steps, largest files."""
SOME = 40
"""Of each list: failures, findings, variables, labels, notices."""
_TEXT = 200
"""Characters of a path or an instruction."""
_PAGE = Path(__file__).parent / "page"


def write(document: ReportDocument, out: TextIO) -> None:
    """The report with a map of the merged view and a map of the waste, well under 3 MB whatever the image."""
    report = document.report
    merged, waste = document.maps()
    style, script = _asset("page.css"), _asset("page.js")
    data = {
        "merged": msgspec.to_builtins(merged),
        "waste": msgspec.to_builtins(waste),
        "causes": [words.cause(cause.value) for cause in WasteCause],
        "layers": [words.cut(words.safe_name(layer.instruction), 80) for layer in report.layers[:ROWS]],
    }
    kinds = [kind for kind in ChangeKind if any(getattr(layer.changes, kind.value).count for layer in report.layers)]
    page = _environment().get_template("page.html.j2")
    out.write(
        page.render(
            report=report,
            verdict=_optional(report.verdict),
            baseline=_optional(report.baseline),
            secrets=secrets(report),
            missing=missing_layers(report),
            causes=list(WasteCause),
            kinds=kinds,
            kind_columns=[(kind.value.capitalize(), "n aside") for kind in kinds],
            rows=ROWS,
            some=SOME,
            schema=REPORT_SCHEMA,
            maps=(("merged", merged), ("waste", waste)),
            data=_embedded(data),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(_PAGE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        finalize=_harmless,
    )
    named: dict[str, Any] = {
        "size": words.size,
        "exact": words.exact_size,
        "linked": words.linked,
        "percent": words.percent,
        "efficiency": words.efficiency,
        "number": words.number,
        "moment": words.moment,
        "signed_size": words.signed_size,
        "signed_percent": words.signed_percent,
        "counted": words.counted,
        "more": words.more,
        "headline": headline,
        "secrets_headline": secrets_headline,
        "above_the_base": above_the_base,
        "cause": words.cause,
        "expired_notice": expired_notice,
        "capitalized": lambda text: text[:1].upper() + text[1:],
        "short": _short,
        "path": lambda path: words.cut_path("/" + words.safe_name(path), _TEXT),
    }
    found.filters |= named
    return found


def _harmless(value: Any) -> Any:
    """*value* made harmless if it is text; every expression of the template passes here before it is escaped."""
    return words.safe_name(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _short(text: str) -> str:
    return words.cut(words.safe_name(text), _TEXT)


def _optional(value: Any) -> Any:
    return None if isinstance(value, msgspec.UnsetType) else value


def _embedded(data: Any) -> Markup:
    """*data* as JSON that no `</script>` in a name can end, and in which no CI server's log finds a command (`##[`)."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("##", "#\\u0023"))  # noqa: S704 - JSON without `<` cannot leave its element


@cache
def _asset(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")


def _hash(text: str) -> Markup:
    """The SHA-256 of *text* as a content security policy spells it."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(f"'sha256-{digest}'")  # noqa: S704 - base64
