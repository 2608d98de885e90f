"""JUnit XML: well-formed whatever the names, and a case for each rule. Jenkins' schema is the one to hold it to."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.report.formats import to_junit
from tests.builders import build_image, file, layer
from tests.report.judging import judged, written
from tests.report.samples import EVIL, hostile, webapp

SCHEMA = xmlschema.XMLSchema(Path(__file__).parent / "schemas" / "junit-10.xsd")
EVERYTHING = EVIL + "\ufffe\uffff]]>&<\"'"


def suite(analysis: Analysis, **rules: Any) -> ET.Element:
    """The one suite, after checks that hold for every document."""
    text = written(to_junit, judged(analysis, **rules))
    SCHEMA.validate(text)
    root = ET.fromstring(text)
    (found,) = root
    assert (root.tag, found.tag) == ("testsuites", "testsuite")
    cases = list(found)
    assert all(case.tag == "testcase" and case.get("name") and case.get("classname") for case in cases)
    assert all(len(case) <= 1 and all(child.tag in ("failure", "skipped") for child in case) for case in cases)
    counts = {"tests": len(cases), "failures": len(found.findall("*/failure")), "errors": 0}
    assert {name: int(found.get(name, "")) for name in counts} == counts
    assert {name: int(root.get(name, "")) for name in counts} == counts
    assert int(found.get("skipped", "")) == len(found.findall("*/skipped"))
    return found


def test_every_rule_is_a_case() -> None:
    found = suite(
        webapp(),
        max_layers=5,
        max_files=100,
        no_setuid=True,
        budget={"/bin/**": "1MB", "/etc/**": "1MB"},
        required_path=["/bin/busybox,mode=0000,owner=7", "/bin/sh"],
        ignore=[{"rule": "max-layers", "reason": "why", "expires": "2025-01-01"}],
    )
    cases = {case.get("name"): case[0].tag if len(case) else "passed" for case in found}
    assert cases == {
        "max-layers": "skipped",
        "max-files": "passed",
        "budget /bin/**": "failure",
        "budget /etc/**": "passed",
        "no-setuid": "passed",
        "required-path /bin/busybox": "failure",
        "required-path /bin/sh": "passed",
    }
    budget, required = found.findall("*/failure")
    assert budget.get("message") == "budget /bin/**: 1.9 MB; at most 1.0 MB is allowed"
    assert budget.text == "/bin/busybox"
    assert required.get("message") == (
        "required-path /bin/busybox: mode=0755; required: mode=0000; "
        "required-path /bin/busybox: owner=0:0; required: owner=7"
    )


def test_without_rules_the_suite_is_empty() -> None:
    assert len(suite(webapp())) == 0


@pytest.mark.parametrize("analysis", [hostile(), analyze(build_image(layer(file(EVERYTHING, 5)), names=(EVERYTHING,)))])
def test_no_name_breaks_it(analysis: Analysis) -> None:
    found = suite(analysis, forbidden_path=["/**"], required_label=[EVERYTHING], forbidden_env=["*"])
    assert "\\x1b]0;pwned" in "".join(found.itertext())


def test_the_schema_finds_faults() -> None:
    text = written(to_junit, judged(webapp(), max_layers=1))
    for fault in (text.replace("testcase", "case"), text.replace(' tests="1"', ""), text.replace("<failure", "<fault")):
        assert not SCHEMA.is_valid(fault.replace("</failure", "</fault" if "<fault" in fault else "</failure"))
