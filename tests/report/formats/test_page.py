"""The page in a browser: it draws, sorts, searches and zooms, by mouse and by keyboard, and nothing complains."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocianalyze.analysis.union.analyze import Analysis, analyze
from tests.builders import build_image, file, layer, whiteout
from tests.report.formats.chromium import CHROMIUM, Page, browser
from tests.report.formats.test_to_html import nasty
from tests.report.formats.test_to_html import page as written
from tests.report.samples import hostile, webapp

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Page]:
    with browser() as page:
        yield page


@pytest.fixture
def show(chromium: Page, tmp_path: Path) -> Iterator[Page]:
    """The webapp's report, in the browser."""
    chromium.complaints.clear()
    _load(chromium, tmp_path, webapp())
    yield chromium
    assert chromium.complaints == []


def _load(chromium: Page, tmp_path: Path, analysis: Analysis) -> None:
    chromium.requests.clear()
    report = tmp_path / "report.html"
    report.write_text(written(analysis, max_layers=5, forbidden_path=["/**"]))
    chromium.show(report)
    assert [url for url in chromium.requests if url != "data:,"] == [report.as_uri()]


def column(page: Page, table: str, index: int) -> list[str]:
    rows = f"[...document.querySelectorAll('#{table} tbody tr')].filter((row) => !row.hidden)"
    found = page.run(f"{rows}.map((row) => row.cells[{index}].textContent)")
    assert isinstance(found, list)
    return found


def boxes(page: Page) -> list[str]:
    found = page.run("[...document.querySelectorAll('#map .box')].map((box) => box.getAttribute('aria-label'))")
    assert isinstance(found, list)
    return found


def focused(page: Page) -> str:
    return str(page.run("document.activeElement.getAttribute('aria-label')"))


def test_a_table_sorts_both_ways(show: Page) -> None:
    show.run("document.querySelector('#layers th').firstElementChild.click()")
    assert column(show, "layers", 0) == ["5", "4", "3", "2", "1", "0"]
    assert show.run("document.querySelector('#layers th').getAttribute('aria-sort')") == "descending"
    show.run("document.querySelector('#layers th').firstElementChild.click()")
    assert column(show, "layers", 0) == ["0", "1", "2", "3", "4", "5"]
    show.run("document.querySelectorAll('#wasted th')[5].firstElementChild.click()")
    assert column(show, "wasted", 5) == sorted(f"/{one.path}" for one in webapp().waste.paths)
    show.run("document.querySelectorAll('#wasted th')[0].firstElementChild.click()")
    assert column(show, "wasted", 5) == [f"/{one.path}" for one in webapp().waste.paths]


def test_a_table_is_searched(show: Page) -> None:
    show.run(
        "{ const input = document.querySelector('[data-for=wasted]'); input.value = 'SRV .js';"
        " input.dispatchEvent(new Event('input')); }"
    )
    assert column(show, "wasted", 5) == ["/srv/app.js"]
    assert show.run("document.querySelector('[data-for=wasted]').closest('.tools').querySelector('output').value") == (
        f"1 of {len(webapp().waste.paths)}"
    )


def test_the_map_zooms_by_mouse(show: Page) -> None:
    labels = boxes(show)
    assert any(label.startswith("/bin/: 1.9 MB") for label in labels)
    share = show.run("(() => { const box = document.querySelector('#map .box'); return box.offsetHeight; })()")
    assert share > 100
    show.run("document.querySelectorAll('#map .box')[0].click()")
    assert boxes(show) == ["/bin/busybox: 1.9 MB, 97.9%, layer 0: ADD rootfs.tar.gz /"]
    assert show.run("document.getElementById('crumbs').textContent") == "/bin/"
    show.run("document.querySelector('#crumbs button').click()")
    assert boxes(show) == labels
    show.run("document.querySelector('#list button').click()")
    assert show.run("document.getElementById('crumbs').textContent") == "/bin/"


def test_the_map_is_filled_and_every_box_is_inside_its_directory(show: Page, tmp_path: Path) -> None:
    crowd = [file(f"crowd/{n}/{m}", 900) for n in range(1500) for m in range(3)]
    image = analyze(build_image(layer(*crowd, file("z/small", 2_000_000)), layer(file("z/wide", 3_000_000))))
    _load(show, tmp_path, image)
    colours = show.run(
        "[...document.querySelectorAll('#map .box')].map((box) => [box.getAttribute('aria-label').split(':')[0],"
        " box.className, getComputedStyle(box).backgroundColor])"
    )
    found = {path: (kind, colour) for path, kind, colour in colours}
    assert "dir" in found["/crowd/"][0]
    assert "file" in found["/z/wide"][0]
    assert "shut c0" in found["/crowd/7/"][0]
    assert len({found["/crowd/7/"][1], found["/z/small"][1], found["/z/wide"][1]}) == 3
    outside = show.run(
        "(() => { const of = (box) => box.getBoundingClientRect(); const map = of(document.getElementById('map'));"
        " return [...document.querySelectorAll('#map .box')].filter((box) => of(box).right > map.right + 1 ||"
        " of(box).bottom > map.bottom + 1 || of(box).width < 2.5).length; })()"
    )
    assert outside == 0


def test_many_layers_have_a_colour_each_or_the_one_of_all_others(show: Page, tmp_path: Path) -> None:
    _load(show, tmp_path, analyze(build_image(*(layer(file(f"f{n}", 1000 - n)) for n in range(20)))))
    kinds = show.run("[...document.querySelectorAll('#map .box')].map((box) => box.className)")
    colours = sorted(re.search(r"\bc\d+", kind)[0] for kind in kinds)  # type: ignore[index]
    assert colours == sorted([f"c{n}" for n in range(11)] + ["c11"] * 9)
    legend = show.run("[...document.querySelectorAll('#legend li')].map((item) => item.textContent)")
    assert len(legend) == 12
    assert legend[-1] == " other layers"


def test_a_map_without_bytes_says_so(show: Page, tmp_path: Path) -> None:
    _load(show, tmp_path, analyze(build_image(layer(file("a", 5)), layer(whiteout("a")))))
    assert show.run("document.getElementById('map').textContent") == "Nothing here has bytes."
    show.run("document.querySelector('[data-map=waste]').click()")
    assert len(boxes(show)) == 1


def test_the_map_of_waste_tells_cause_and_layers(show: Page) -> None:
    show.run("document.querySelector('[data-map=waste]').click()")
    wanted = (
        "/var/cache/apt/archives/app_1.0_amd64.deb: 700.0 kB, 88.4%, deleted, written by layer 1, hidden by layer 3"
    )
    assert wanted in boxes(show)
    assert show.run("document.querySelector('[data-note=merged]').hidden")
    assert "deleted" in show.run("document.getElementById('legend').textContent")


def test_the_keyboard_is_enough(show: Page) -> None:
    show.run("document.getElementById('find').focus()")
    for _ in range(3):  # the directory's button, then the map
        show.press("Tab")
        if focused(show).startswith("/bin/:"):
            break
    assert focused(show).startswith("/bin/:")
    show.press("ArrowRight")
    assert not focused(show).startswith("/bin/")
    show.press("ArrowLeft")
    assert focused(show).startswith("/bin/")
    show.run("document.querySelector('#map .box').focus()")
    show.press("Enter")
    assert focused(show).startswith("/bin/busybox:")
    show.press("Escape")
    assert focused(show).startswith("/bin/:")
    assert show.run("document.getElementById('about').textContent").startswith("/bin/: 1.9 MB")


def test_a_name_is_found_in_the_map(show: Page) -> None:
    show.run("{ const f = document.getElementById('find'); f.value = 'APP.JS'; f.dispatchEvent(new Event('input')); }")
    assert show.run("document.getElementById('list').textContent") == "/srv/app.js40.0 kB"
    show.run("document.querySelector('#list button').click()")
    assert show.run("document.getElementById('crumbs').textContent") == "/srv/"
    assert show.run("document.querySelector('#map .at').getAttribute('aria-label')").startswith("/srv/app.js:")


def test_light_and_dark(show: Page) -> None:
    back = "getComputedStyle(document.body).backgroundColor"
    light = show.run(back)
    show.run("document.getElementById('theme').click()")
    dark = show.run(back)
    assert dark != light
    show.run("document.getElementById('theme').click()")
    assert show.run(back) == light
    show.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    show.run("delete document.documentElement.dataset.theme")
    assert show.run(back) == dark


def luminance(colour: str) -> float:
    whole = 1.0 if colour.startswith("color(") else 255.0
    shares = [float(number) / whole for number in re.findall(r"[\d.]+", colour)[:3]]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_of_the_map_keeps_its_label_readable(show: Page, theme: str) -> None:
    show.run(f"document.documentElement.dataset.theme = '{theme}'")
    kinds = [
        f"{kind} {colour}"
        for kind in ("file", "shut")
        for colour in (*map("c{}".format, range(12)), *map("w{}".format, range(6)))
    ]
    found = show.run(
        f"{json.dumps(kinds)}.map((kind) => {{ const box = document.createElement('div');"
        " box.className = `box ${kind}`; document.getElementById('map').append(box);"
        " const style = getComputedStyle(box);"
        " return [kind, style.color, style.backgroundColor]; })"
    )
    assert len({back for _, _, back in found}) == len(kinds)
    for kind, ink, back in found:
        lower, upper = sorted((luminance(ink), luminance(back)))
        assert (upper + 0.05) / (lower + 0.05) >= 4.5, kind


def test_paper_is_white_whatever_the_theme(show: Page) -> None:
    show.run("document.documentElement.dataset.theme = 'dark'")
    show.call("Emulation.setEmulatedMedia", media="print")
    ink, back = show.run(
        "(() => { const s = getComputedStyle(document.body); return [s.color, s.backgroundColor]; })()"
    )
    assert luminance(ink) < 0.1
    assert luminance(back) == 1
    show.call("Emulation.setEmulatedMedia", media="")


@pytest.mark.parametrize("width", [1280, 760, 360])
def test_no_window_is_too_narrow(show: Page, width: int) -> None:
    show.resize(width, 800)
    assert show.run("document.documentElement.scrollWidth") <= width


def test_it_prints(show: Page) -> None:
    assert show.paper().startswith(b"%PDF-")


@pytest.mark.parametrize("analysis", [hostile(), nasty()])
def test_hostile_names_do_nothing(show: Page, tmp_path: Path, analysis: Analysis) -> None:
    _load(show, tmp_path, analysis)
    show.run("document.querySelector('[data-map=waste]').click()")
    assert boxes(show)
    assert show.run("document.querySelectorAll('img, iframe, script:not([type])').length") == 1
    assert "pwned" in show.run("document.getElementById('map').textContent + document.body.textContent")
