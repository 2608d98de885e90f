"""Makes the pictures in docs/screenshots from a sample image: `python -m docs.screenshots`.

Needs nothing but the package. The same code gives the same bytes.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from textual.pilot import Pilot

from ocianalyze.api import open_image
from ocianalyze.tui.app import OcianalyzeApp
from ocianalyze.tui.messages import Reveal

HERE = Path(__file__).parent
SAMPLE = "sample-images/webapp-v1.tar"
WIDE, SMALL = (160, 46), (80, 24)
DARK, LIGHT, CONTRAST = "ocianalyze-dark", "ocianalyze-light", "ocianalyze-contrast"
PACKAGE = Reveal("var/cache/apt/archives/tini_0.19.0-1+b3_amd64.deb", 8)

SCENES: dict[str, tuple[tuple[int, int], str, Reveal | None, str]] = {
    "explore": (WIDE, DARK, PACKAGE, ""),
    "changes": (WIDE, DARK, Reveal("srv/app/site/assets", 11), "A enter"),
    "waste": (WIDE, DARK, None, "w down"),
    "treemap": (WIDE, DARK, None, "t"),
    "image": (WIDE, DARK, None, "i"),
    "compare": (WIDE, DARK, Reveal("etc/passwd", 11), "c"),
    "viewer": (WIDE, DARK, Reveal("srv/app/site/assets/app.js", 11), "enter"),
    "light": (WIDE, LIGHT, PACKAGE, ""),
    "contrast": (WIDE, CONTRAST, PACKAGE, ""),
    "small": (SMALL, DARK, PACKAGE, ""),
}
"""Size, theme, the path that the cursor is put on, and the keys that are pressed then."""


async def picture(name: str) -> str:
    """The scene as SVG, without the web font that Textual would have it load."""
    size, theme, reveal, keys = SCENES[name]
    app = OcianalyzeApp(open_image(SAMPLE))
    app.theme = theme
    async with app.run_test(size=size) as pilot:
        await _settle(pilot)
        if reveal is not None:
            app.post_message(reveal)
            await _settle(pilot)
        for key in keys.split():
            await pilot.press(key)
            await _settle(pilot)
        return re.sub(r"@font-face\s*{[^}]*}\s*", "", app.export_screenshot(title=f"ocianalyze {SAMPLE}"))


async def _settle(pilot: Pilot[int]) -> None:
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def main() -> None:
    """Make the pictures named on the command line, or all."""
    for name in sys.argv[1:] or SCENES:
        target = HERE / "screenshots" / f"{name}.svg"
        target.parent.mkdir(exist_ok=True)
        target.write_text(asyncio.run(picture(name)), encoding="utf-8")
        print(target.relative_to(HERE.parent))  # noqa: T201  # says what it has made


if __name__ == "__main__":
    main()
