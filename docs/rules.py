"""Writes what docs/rules.md says of each rule and each check, from their tables: `python -m docs.rules`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ocianalyze.analysis.checks.table import CHECKS
from ocianalyze.analysis.rules.rule import Rule, Takes
from ocianalyze.analysis.rules.table import OPTIONS

TARGET = Path(__file__).parent / "rules.md"
_BEGIN = "<!-- Written by `python -m docs.rules` from the table of {}, down to the next such line. -->\n"
_END = "<!-- Written by hand again. -->\n"
_AFTER_RULES = """\
baseline = "before.json"        # an earlier report, or an earlier image; see below

[[ignore]]                      # an exception, with a reason and its last day
rule = "no-setuid"
path = "/usr/bin/su"            # only for these files; without a path the whole rule is ignored
reason = "needed by the login service until it is moved"
expires = 2030-12-31
"""


def page() -> str:
    """The whole page; what is written by hand stays as it is."""
    text = TARGET.read_text(encoding="utf-8")
    for table, written in (("rules", f"{_example()}\n{_rules()}"), ("checks", _checks())):
        begin = _BEGIN.format(table)
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(_END)
        text = f"{before}{begin}\n{written}\n{_END}{after}"
    return text


def _example() -> str:
    """A file with every rule."""
    lines = "".join(f"{rule.name} = {rule.example}\n" for rule in OPTIONS)
    return f"```toml\n{lines}{_AFTER_RULES}```\n"


def _rules() -> str:
    rows = "".join(f"| `{_escaped(_spelled(rule))}` | {_escaped(' '.join(_said(rule)))} |\n" for rule in OPTIONS)
    return f"| rule | |\n|---|---|\n{rows}"


def _checks() -> str:
    rows = "".join(f"| `{check.code}` | {check.meaning} |\n" for check in CHECKS)
    return f"| code | |\n|---|---|\n{rows}"


def _spelled(rule: Rule[Any]) -> str:
    return f"{rule.name} {rule.metavar}".strip()


def _said(rule: Rule[Any]) -> Iterator[str]:
    yield rule.meaning
    if rule.more_help:
        yield rule.more_help
    if rule.takes is Takes.LIST:
        yield "As often as you like."
    if rule.is_about_paths:
        yield "Single paths can be ignored."
    if not rule.needs_layers:
        yield "Needs no layer."
    if rule.needs_baseline:
        yield "Needs a baseline."


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
