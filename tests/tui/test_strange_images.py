"""Images that are strange to look at: hostile names, no layers, layers without entries."""

from __future__ import annotations

from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.tui.app import OcianalyzeApp
from ocianalyze.tui.messages import Reveal
from tests.builders import build_image, layer
from tests.tui.acting import SMALL, WIDE, settle, text_of
from tests.tui.sample import EVIL, Shown, explore, sample_app


async def test_names_are_never_markup_nor_escapes() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        explore(app).reveal(Reveal(EVIL, 3))
        await settle(pilot)
        for keys in ("", "b", "w", "t", "enter"):
            await pilot.press(*keys.split())
            await settle(pilot)
            text = text_of(app)
            assert "\x1b" not in text
            assert "\u202e" not in text
        await pilot.press("escape", "escape")
        explore(app).reveal(Reveal(EVIL, 3))
        await settle(pilot)
        assert r"evil[" in text_of(app)
        assert r"\x1b[31m\u202egnp.sh" in text_of(app)
        await pilot.press("y", "e")
        await settle(pilot)
        assert "Save /srv/[bold red]evil[/nope]" in text_of(app)


async def test_an_image_without_layers_can_be_looked_at() -> None:
    app = OcianalyzeApp(Shown(analyze(build_image())))
    async with app.run_test(size=WIDE) as pilot:
        for key in ("2", "j", "space", "enter", "z", "s", "A", "e", "c", "y", "Y", "plus", "w", "b", "t", "enter", "i"):
            await pilot.press(key)
            await settle(pilot)
        await pilot.press("escape", "slash", *"x")
        await settle(pilot)
        await pilot.press("escape", "1", "down", "end", "q")
    assert app.return_value == 0


async def test_an_empty_layer_can_be_looked_at() -> None:
    app = OcianalyzeApp(Shown(analyze(build_image(layer(), layer()))))
    async with app.run_test(size=SMALL) as pilot:
        for key in ("2", "j", "z", "enter", "A", "up", "3", "w", "b", "t", "down", "enter", "backspace"):
            await pilot.press(key)
            await settle(pilot)
        assert "Nothing here takes any bytes." in text_of(app)
