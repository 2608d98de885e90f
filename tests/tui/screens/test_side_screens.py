"""The screens beside the main one: waste, biggest files, map and image."""

from __future__ import annotations

from dataclasses import replace

from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.model.artifact import Artifact
from ocianalyze.model.digest import Digest
from ocianalyze.tui.app import OcianalyzeApp
from ocianalyze.tui.widgets.table import Table
from tests.builders import build_image, layer, whiteout
from tests.tui.acting import WIDE, settle, text_of
from tests.tui.sample import Shown, sample_app


async def test_a_map_of_nothing_says_why() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("slash", *"nowhere", "enter")
        await settle(pilot)
        await pilot.press("t")
        await settle(pilot)
        assert "Nothing here passes the filter." in text_of(app)
        assert "filtered: nowhere" in text_of(app)
        await pilot.press("escape", "backspace")
        await settle(pilot)
        await pilot.press("t")
        await settle(pilot)
        assert "usr" in text_of(app)
        assert "filtered" not in text_of(app)


async def test_biggest_files_have_the_colours_of_their_marks() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("b")
        await settle(pilot)
        table = app.screen.query_one(Table)
        rows = [table.render_line(y) for y in range(1, 12)]
        removed = next(row for row in rows if "pkg4.deb" in row.text)
        name = next(part for part in removed if "pkg4.deb" in part.text)
        mark = next(part for part in removed if "-" in part.text)
        assert name.style is not None
        assert name.style.strike
        assert name.text.strip() == name.text
        assert mark.style is not None
        assert not mark.style.strike
        kept = next(part for row in rows for part in row if "bundle.js" in part.text)
        assert kept.style is not None
        assert not kept.style.strike


async def test_the_image_screen_shows_what_is_attached() -> None:
    signature = Artifact(kind="signature", words="", media_type="", digest=Digest.of(b"signature"))
    image = replace(build_image(layer()), attached=(signature,))
    app = OcianalyzeApp(Shown(analyze(image)))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("i")
        await settle(pilot)
        assert "Attached" in text_of(app)
        assert "1 signature" in text_of(app)


async def test_the_image_screen_shows_config_history_and_notices() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("i")
        await pilot.pause()
        text = text_of(app)
        for words in ("8080/tcp", "TOKEN=[red]", '["/usr/bin/python", "/srv/app.py"]', "RUN rm -rf", "Efficiency"):
            assert words in text
    app = OcianalyzeApp(Shown(analyze(build_image(layer(), layer(whiteout("missing"))))))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("i")
        await pilot.pause()
        assert "1 notice" in text_of(app)
        assert "layer 1: /missing: hides nothing" in text_of(app)
