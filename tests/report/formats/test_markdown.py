"""A comment is never too long to post, and never leaves a folded section open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ocianalyze.report.formats.markdown import LIMIT, fitting, folded


def page(sections: int, lines: int, width: int) -> Iterator[str]:
    for _ in range(sections):
        yield from folded("more", ("x" * width for _ in range(lines)))


@pytest.mark.parametrize("width", [1, 90, 999, LIMIT, 3 * LIMIT])
@pytest.mark.parametrize(("sections", "lines"), [(1, 1), (1, 1000), (300, 3)])
def test_it_fits_and_is_closed(sections: int, lines: int, width: int) -> None:
    whole = "\n".join(page(sections, lines, width)) + "\n"
    text = "".join(fitting(page(sections, lines, width)))
    assert len(text) < LIMIT
    assert text.count("<details>") == text.count("</details>")
    if len(whole) < LIMIT - 100:
        assert text == whole
    else:
        assert text.endswith("\n(cut here: the rest would not fit)\n")
        assert whole.startswith(text.partition("\n\n</details>\n\n(cut")[0].partition("\n(cut")[0])
