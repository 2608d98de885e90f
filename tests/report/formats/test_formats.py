"""One report in all formats: they state the same numbers."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import msgspec

from ocianalyze.analysis.rules.baseline import baseline_of
from ocianalyze.report import words
from ocianalyze.report.compose.report import report_document
from ocianalyze.report.formats import to_dockerfile, to_html, to_json, to_junit, to_markdown, to_sarif, to_text
from ocianalyze.report.highlights import foremost
from tests.report.formats.test_to_html import Reader
from tests.report.judging import judged, written
from tests.report.samples import webapp, webapp_v2


def test_all_formats_state_the_same_numbers() -> None:
    source = judged(webapp(), max_layers=5, max_wasted="1kB", budget={"/bin/**": 5}, max_files=3)
    text, markdown = written(to_text, source), written(to_markdown, source)
    html = Reader(written(to_html, source))
    document = json.loads(written(to_json, source))
    messages = [failure["message"] for failure in document["verdict"]["failures"]]
    assert len(messages) == 4
    results = json.loads(written(to_sarif, source))["runs"][0]["results"]
    suite = ET.fromstring(written(to_junit, source))
    assert [one["message"]["text"] for one in results if one["level"] == "error"] == messages
    assert sorted(one.get("message") or "" for one in suite.iter("failure")) == sorted(messages)
    plain = {"text": text, "markdown": re.sub(r"\\(.)", r"\1", markdown), "html": html.shown}
    for shown in plain.values():
        assert all(message in shown for message in messages)
    waste, image = document["waste"], document["image"]
    advice = [msgspec.to_builtins(row) for row in foremost(source.report.advice, to_text.ADVICE)]
    stated = [
        words.size(image["merged"]["size"]),
        words.number(image["merged"]["files"]),
        words.size(image["blob_size"]),
        words.size(waste["wasted"]),
        words.percent(waste["efficiency"]),
        words.size(waste["user_wasted"]),
        *(f"{words.size(size)}" for size in waste["by_cause"].values() if size),
        *(words.size(row["saving"]) for row in advice),
        *(row["remedy"] for row in advice),
    ]
    for name, shown in plain.items():
        for number in stated:
            assert number in re.sub(r"\s+", " ", shown), (name, number)
    maps = json.loads(html.inside["script"][0])
    assert maps["merged"]["size"][0] == image["merged"]["size"]
    assert maps["waste"]["size"][0] == waste["wasted"]
    # Each wasted path is a result of its own in SARIF, with its size.
    notes = [one["message"]["text"] for one in results if one["level"] == "note"]
    expected = [f"/{row['path']}: {words.size(row['wasted'])} wasted" for row in waste["paths"]]
    assert [note.partition(" (")[0] for note in notes] == expected
    assert int(suite.get("tests", "")) == document["verdict"]["rules"]
    assert int(suite.get("failures", "")) == len(messages)
    plain["Dockerfile"] = written(to_dockerfile, source)
    for name, shown in plain.items():
        for row in document["layers"]:
            assert words.size(row["size"]) in shown.replace("\u00a0", " "), (name, row["index"])
            wasted = "all of it" if name == "Dockerfile" and row["wasted"] == row["size"] else words.size(row["wasted"])
            assert not row["wasted"] or wasted in shown.replace("\u00a0", " "), (name, row["index"])


def test_all_formats_state_what_grew() -> None:
    report = report_document(webapp(), baseline=baseline_of(webapp_v2()))
    row = json.loads(written(to_json, report))["baseline"]
    shown = {"text": written(to_text, report), "markdown": written(to_markdown, report)}
    shown["html"] = Reader(written(to_html, report)).shown
    stated = [words.signed_size(row["size_delta"]), words.signed_size(row["wasted_delta"]), f"{row['files_delta']:+,}"]
    for name, text in shown.items():
        for number in [*stated, words.signed_percent(row["growth_ratio"])]:
            assert number in re.sub(r"\s+", " ", text), (name, number)
