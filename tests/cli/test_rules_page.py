"""docs/rules.md says what the tables of rules and checks say."""

from __future__ import annotations

from docs.rules import TARGET, page
from ocianalyze.analysis.checks.table import CHECKS
from ocianalyze.analysis.rules.table import OPTIONS


def test_the_page_is_what_the_tables_say_today() -> None:
    assert TARGET.read_text(encoding="utf-8") == page(), "run: python -m docs.rules"


def test_every_rule_has_a_line_with_its_meaning() -> None:
    lines = [line for line in page().partition("## Advice")[0].splitlines() if line.startswith("| `")]
    assert len(lines) == len(OPTIONS)
    for rule, line in zip(OPTIONS, lines, strict=True):
        assert line.startswith(f"| `{rule.name}")
        assert rule.meaning in line


def test_every_check_has_a_line_with_its_meaning() -> None:
    for check in CHECKS:
        assert f"| `{check.code}` | {check.meaning} |\n" in page()
