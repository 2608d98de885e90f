"""docs/commands.md says what the commands say."""

from __future__ import annotations

from docs.commands import TARGET, page


def test_the_page_is_what_the_commands_say_today() -> None:
    assert TARGET.read_text(encoding="utf-8") == page(), "run: python -m docs.commands"


def test_every_command_has_a_section_and_every_option_a_meaning() -> None:
    text = page()
    for name in ("report", "ls", "find", "grep", "cat", "extract", "export", "convert", "verify", "history", "layers"):
        assert f"\n## ocianalyze {name}\n" in text
    for line in text.splitlines():
        if line.startswith("| `"):
            assert not line.rstrip(" |").endswith("`"), line
