"""One report in all formats: they state the same numbers."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

from ocianalyze.report import to_json, to_junit, to_markdown, to_sarif, to_text, words
from tests.report.judging import judged, written
from tests.report.samples import webapp


def test_all_formats_state_the_same_numbers() -> None:
    report = judged(webapp(), max_layers=5, max_wasted="1kB", budget={"/bin/**": 5}, max_files=3)
    text, markdown = written(to_text, report), written(to_markdown, report)
    document = json.loads(written(to_json, report))
    messages = [failure["message"] for failure in document["verdict"]["failures"]]
    assert len(messages) == 4
    results = json.loads(written(to_sarif, report))["runs"][0]["results"]
    suite = ET.fromstring(written(to_junit, report))
    assert [one["message"]["text"] for one in results if one["level"] == "error"] == messages
    assert sorted(one.get("message") or "" for one in suite.iter("failure")) == sorted(messages)
    assert all(message in text for message in messages)
    assert all(message in re.sub(r"\\(.)", r"\1", markdown) for message in messages)
    waste = document["waste"]
    for shown in (words.size(waste["wasted"]), words.percent(waste["efficiency"]), words.size(waste["user_wasted"])):
        assert shown in text
        assert shown in markdown
