"""docs/rules.md says what the table of rules says."""

from __future__ import annotations

from docs.rules import TARGET, page
from ocianalyze.analysis.rules.table import OPTIONS


def test_the_page_is_what_the_table_says_today() -> None:
    assert TARGET.read_text(encoding="utf-8") == page(), "run: python -m docs.rules"


def test_every_rule_has_a_line_with_its_meaning() -> None:
    lines = [line for line in page().splitlines() if line.startswith("| `")]
    assert len(lines) == len(OPTIONS)
    for rule, line in zip(OPTIONS, lines, strict=True):
        assert line.startswith(f"| `{rule.name}")
        assert rule.meaning in line
