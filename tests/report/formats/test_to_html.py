"""The page: one file, nothing from elsewhere, and no name that is anything but text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.model.documents import Runtime
from ocianalyze.report import words
from ocianalyze.report.compose.sizemap import NODES
from ocianalyze.report.formats import to_html
from tests.builders import build_image, file, layer, whiteout
from tests.report.judging import judged, written
from tests.report.samples import EVIL, hostile, leaking, webapp

NASTY = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'`{{ 7 * 7 }}&lt;" + EVIL
RULES: dict[str, Any] = {"forbidden_path": ["/**"], "required_label": [NASTY], "forbidden_env": ["*"], "max_layers": 1}


def page(analysis: Analysis, **rules: Any) -> str:
    return written(to_html, judged(analysis, **rules))


def test_secrets_have_a_heading_of_their_own_before_all_else() -> None:
    shown = " ".join(Reader(page(leaking(), max_layers=1)).shown.split())
    told = "! Secrets: 3 files can still be read /srv/key.pem, /srv/.env layer 1 /root/.netrc layer 3"
    assert told in shown
    assert shown.index(told) < shown.index("Failed: 1 failure")
    assert "Secrets" not in page(webapp())


class Reader(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self._open = ""
        self.shown = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag
        if tag in self.inside:
            self.inside[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in self.inside:
            self.inside[self._open][-1] += data
        else:
            self.shown += data


def nasty() -> Analysis:
    name = NASTY.replace("/", "\u2215")
    image = build_image(
        layer(file(f"a/{name}", 10), file(f"{name}/b", 20), file("big", 20)),
        layer(file(f"a/{name}", 12), whiteout("big")),
        created_by=[f"RUN {NASTY}", f"COPY {NASTY}"],
        runtime=Runtime(user=NASTY, cmd=[NASTY], env=[NASTY], labels={NASTY: NASTY}, working_dir=NASTY),
        names=(NASTY, NASTY),
    )
    return analyze(image)


@pytest.mark.parametrize("analysis", [webapp(), hostile(), nasty(), analyze(build_image())])
def test_nothing_but_our_own_script_and_style_can_run(analysis: Analysis) -> None:
    text = page(analysis, **RULES)
    found = Reader(text)
    policies = [attrs["content"] or "" for tag, attrs in found.tags if attrs.get("http-equiv")]
    assert len(policies) == 1
    assert "default-src 'none'" in policies[0]
    assert "unsafe" not in policies[0]
    data, script = found.inside["script"]
    for kind, content in (("script-src", script), ("style-src", found.inside["style"][0])):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}';" in policies[0]
    assert json.loads(data)["merged"]["size"][0] == analysis.waste.live
    for tag, attrs in found.tags:
        assert tag not in {"img", "iframe", "object", "embed", "base", "form"}
        assert not [name for name in attrs if name.startswith("on") or name == "style"]
        assert set(attrs) & {"src", "href"} <= {"href"}
        assert attrs.get("href") in (None, "data:,", "#main")
    assert len(found.inside["script"]) == 2
    assert text.count("<!doctype html>") == 1


@pytest.mark.parametrize("analysis", [hostile(), nasty()])
def test_what_an_image_names_is_shown_as_text(analysis: Analysis) -> None:
    text = page(analysis, **RULES)
    assert not words.UNSAFE.search(text.replace("\n", ""))
    assert "\\x1b]0;pwned" in Reader(text).shown
    assert "49" not in re.sub(r"[0-9]{3,}", "", Reader(nasty_title(text)).shown)


def nasty_title(text: str) -> str:
    return text.partition("<title>")[2].partition("</title>")[0]


def test_the_verdict_comes_first_and_everything_else_follows() -> None:
    found = Reader(page(webapp(), max_layers=5, max_wasted="1kB")).shown
    places = [
        found.index(text)
        for text in ("2 failures of 2 rules", "Efficiency", "What to change", "Where the bytes are", "Largest files")
    ]
    assert places == sorted(places)
    assert "max-layers: 6; at most 5 is allowed" in found
    for one in webapp().waste.paths:
        assert f"/{one.path}" in found
    assert "Passed: 1 rule" in Reader(page(webapp(), max_layers=6)).shown
    assert "\u2713" not in Reader(page(webapp())).shown


def test_the_largest_of_many_files_are_named_and_the_rest_summed_up() -> None:
    files = [file(f"srv/{n // 100}/file-{n}", 1000 + n) for n in range(20_000)]
    image = analyze(build_image(layer(*files), layer(*(file(one.path, one.size, uid=1) for one in files))))
    text = page(image)
    assert len(text.encode()) < 2_000_000
    shown = Reader(text).shown
    named = re.search(r"The largest ([\d,]+) of 20,000 files are drawn by name", shown)
    assert named
    data = json.loads(Reader(text).inside["script"][0])["merged"]
    assert int(named[1].replace(",", "")) == sum(not name.endswith("/") for name in data["name"])
    assert data["size"][0] == image.waste.live
    assert "The first 300 of 20,000 paths" in shown


def test_an_image_without_files_has_no_empty_tables() -> None:
    shown = Reader(page(analyze(build_image()))).shown
    assert "No file has any." in shown
    assert "Search" not in shown
    assert "Search layers" in Reader(page(webapp())).shown


def test_no_image_makes_a_page_of_3_mb() -> None:
    """Every list at its longest, every text too long and all of it in need of escapes."""
    long = '"' * 4000
    entries = [file(f"{long}{n}", 10 + n) for n in range(400)]
    image = build_image(
        *(layer(*(entries + entries)[n : n + 20]) for n in range(400)),
        layer(*(file(f"{n:06}", 10**12 + n) for n in range(NODES))),
        layer(*(file(f"{n:06}", 10**12 + n) for n in range(NODES))),
        created_by=[f"RUN {long}{n}" for n in range(400)],
        runtime=Runtime(env=[f"{long}={n}" for n in range(400)], labels={f"{long}{n}": long for n in range(400)}),
    )
    rules = {"forbidden_path": [f"/**{n}" for n in range(60)], "required_label": [f"{long}x{n}" for n in range(60)]}
    assert len(page(analyze(image), **rules).encode()) < 3_000_000
