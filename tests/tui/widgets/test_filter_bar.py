"""The filter line while a filter is typed: mistakes, and what takes long."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from ocianalyze.tui.viewmodel import filters
from ocianalyze.tui.widgets import filter_bar
from ocianalyze.tui.widgets.filter_bar import FilterBar
from tests.tui.acting import WIDE, settle, text_of
from tests.tui.loads import until
from tests.tui.sample import names, sample_app


async def test_a_filter_that_means_nothing_says_so_and_keeps_the_last_rows() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("slash", *"passwd")
        await settle(pilot)
        app.screen.query_one(Input).value = "passwd kind:x"
        await settle(pilot)
        assert "no such kind: x" in text_of(app)
        assert app.screen.query_one(FilterBar).has_class("-problem")
        assert names(app) == ["etc", "etc/passwd"]


async def test_a_filter_that_takes_long_shows_what_it_has_found_so_far_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(filters, "_SLICE", 20)
    for name, seconds in (("_TURN", 0.0), ("_EARLY", 0.0), ("_SOON", -1.0), ("_FRAME", 0.3)):
        monkeypatch.setattr(filter_bar, name, seconds)
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        app.screen.query_one(Input).value = "tool"
        await until(app, lambda: "so far" in text_of(app))
        early = names(app)
        assert early
        await settle(pilot)
        assert "60 paths" in text_of(app)
        assert len(early) < len(names(app))
        app.screen.query_one(Input).value = "tool0"
        await settle(pilot)
        assert "10 paths" in text_of(app)
