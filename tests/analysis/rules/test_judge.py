"""An image is held to rules; each that it breaks is told with the limit, the value and the paths."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ocianalyze.analysis.rules.given import Given
from ocianalyze.analysis.rules.judge import NOT_JUDGED, Verdict, judge
from ocianalyze.analysis.rules.rule import MOST_PATHS, Takes
from ocianalyze.analysis.rules.ruleset import make_ruleset
from ocianalyze.analysis.rules.table import BY_NAME, OPTIONS, RULES
from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.errors import UsageError
from ocianalyze.model.documents import Runtime
from ocianalyze.model.finding import Finding, FoundBy, Level, Measured
from tests.builders import build_image, file, hardlink, layer, symlink

TODAY = date(2025, 6, 1)

IMAGE = analyze(
    build_image(
        layer(
            file("usr/bin/su", 600, mode=0o4755),
            file("usr/share/doc/a", 300),
            hardlink("usr/share/doc/b", "usr/share/doc/a"),
        ),
        layer(file("usr/share/doc/a", 100), file("app/run", 50, mode=0o755, uid=7), symlink("app/link", "run")),
        runtime=Runtime(
            user="0:0",
            env=["PATH=/bin", "API_TOKEN=x", "npm_config_//registry.example/:_authToken=x"],
            labels={"a": "1", "empty": None},
        ),
    )
)
# Stored 1,050 bytes. The name doc/b keeps the 300 bytes of the first copy alive: nothing is wasted.
WASTEFUL = analyze(build_image(layer(file("big", 900), file("x", 100)), layer(file("big", 1000))))


def verdict(image: Any = IMAGE, /, *, ignore: Any = None, **rules: Any) -> Verdict:
    given = {name.replace("_", "-"): Given(value=value, where="here") for name, value in rules.items()}
    ignores = None if ignore is None else Given(value=ignore, where="ignore")
    return judge(image, make_ruleset(given, ignores), today=TODAY)


def measured(failure: Finding) -> Measured:
    """What the rule allows, and what the image has."""
    assert failure.measured is not None
    return failure.measured


NUMBER_CASES = [
    ("min-efficiency", 0.55, "56%", 1100 / 2000),
    ("max-wasted", 900, 899, 900),
    ("max-wasted-ratio", "45%", "44%", 0.45),
    ("max-user-wasted-ratio", "90%", 0.89, 0.9),
    ("max-size", "2kB", "1999", 2000),
    ("max-blob-size", 5584, 5583, 5584),
    ("max-layer-size", 1000, 999, 1000),
    ("max-file-size", 1000, 999, 1000),
    ("max-layers", 2, 1, 2),
    ("max-files", 2, 1, 2),
]


@pytest.mark.parametrize(("rule", "allowed", "too_strict", "value"), NUMBER_CASES)
def test_a_number_fails_just_past_its_limit(rule: str, allowed: Any, too_strict: Any, value: float) -> None:
    assert verdict(WASTEFUL, **{rule: allowed}).passed
    (failure,) = verdict(WASTEFUL, **{rule: too_strict}).failures
    assert (failure.code, failure.found_by, failure.level) == (rule, FoundBy.RULE, Level.ERROR)
    assert measured(failure).value == value
    assert failure.layer == (0 if rule == "max-layer-size" else None)
    if rule in ("max-wasted", "min-efficiency", "max-file-size"):
        assert failure.paths == ("big",)
    assert verdict(WASTEFUL, **{rule: "off"}).checked == ()


@pytest.mark.parametrize("off", ["off", "disabled", ["off"]])
def test_every_rule_can_be_switched_off(off: Any) -> None:
    assert verdict(**dict.fromkeys(BY_NAME, off)).checked == ()


def test_every_number_has_a_case() -> None:
    numbers = [rule.name for rule in OPTIONS if rule.takes is Takes.VALUE and not rule.needs_baseline]
    assert [case[0] for case in NUMBER_CASES] == numbers


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ("budget", {"/usr/share/doc/**": "400"}, None),  # a and b: 100 and 300
        ("budget", {"/usr/share/doc/**": "399"}, (399, 400, ("usr/share/doc/b", "usr/share/doc/a"))),
        ("budget", ["/usr/**=900"], (900, 1000, ("usr/bin/su", "usr/share/doc/b", "usr/share/doc/a"))),
        ("forbidden-path", ["/root/**"], None),
        ("forbidden-path", ["/app/*"], ("none", 2, ("app/link", "app/run"))),
        ("required-path", ["/app/run"], None),
        ("required-path", ["/app/run,mode=0755,owner=7,kind=file"], None),
        ("required-path", [{"path": "/app/ru?", "mode": "0755"}], None),
        ("required-path", ["/app/run,mode=0700"], ("mode=0700", "mode=0755", ("app/run",))),
        ("required-path", ["/usr/bin/su,owner=root:root"], None),  # the layer records no names
        ("required-path", ["/app/run,owner=root"], ("owner=root", "owner=7:0", ("app/run",))),
        ("required-path", ["/usr/share/doc/*,kind=l"], ("kind=l", "kind=file", ("usr/share/doc/a", "usr/share/doc/b"))),
        ("required-path", ["/app/gone,kind=file"], ("kind=file", "missing", ())),
        ("no-setuid", True, ("none", 1, ("usr/bin/su",))),
        ("no-setuid", "false", None),
        ("user-not-root", True, ("another user", "0:0", ())),
        ("required-label", ["a", "a=1", "empty"], None),
        ("required-label", ["a=2"], ("2", "1", ())),
        ("required-label", ["b"], ("present", "missing", ())),
        ("forbidden-env", ["*_SECRET"], None),
        ("forbidden-env", ["*_TOKEN"], ("none", "API_TOKEN", ())),
        ("forbidden-env", ["*[aA]uthToken"], ("none", "npm_config_//registry.example/:_authToken", ())),
    ],
)
def test_a_rule_fails_when_it_should(rule: str, value: Any, expected: tuple[Any, Any, tuple[str, ...]] | None) -> None:
    found = [(measured(one).limit, measured(one).value, one.paths) for one in verdict(**{rule: value}).failures]
    assert found == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("user", "passes"),
    [
        (None, False),
        ("", False),
        ("root", False),
        ("0", False),
        ("root:app", False),
        ("00", False),
        (":app", False),
        ("app", True),
        ("1000:0", True),
    ],
)
def test_no_user_is_root_too(user: str | None, passes: bool) -> None:
    image = analyze(build_image(runtime=Runtime(user=user)))
    assert verdict(image, user_not_root=True).passed == passes


PARTIAL = analyze(
    replace(
        build_image(layer(file("a", 5)), layer(), layer(file("b", 7)), runtime=Runtime(user="app", labels={"a": "1"})),
        layers=tuple(
            replace(one, missing=one.index == 1)
            for one in build_image(layer(file("a", 5)), layer(), layer(file("b", 7))).layers
        ),
    )
)


def test_what_is_in_a_missing_layer_passes_no_rule() -> None:
    rules: dict[str, Any] = {
        "max_size": 100, "max_file_size": 6, "max_layers": 3, "budget": ["/a=1kB"], "forbidden_path": ["/x"],
        "no_setuid": True, "required_path": ["/b"], "user_not_root": True, "required_label": ["a"],
        "forbidden_env": ["*"],
    }  # fmt: skip
    failures = verdict(PARTIAL, **rules).failures
    found = {(one.code, one.subject): (measured(one).limit, measured(one).value) for one in failures}
    assert found == {
        ("max-file-size", ""): (6, 7),
        ("max-size", ""): ("1", NOT_JUDGED),
        ("budget", "/a"): ("1", NOT_JUDGED),
        ("forbidden-path", "/x"): ("1", NOT_JUDGED),
        ("no-setuid", ""): ("1", NOT_JUDGED),
        ("required-path", "/b"): ("1", NOT_JUDGED),
    }
    assert verdict(PARTIAL, max_size=100, ignore=entry(rule="max-size")).passed


def test_dives_numbers_are_those_of_its_own_formulas() -> None:
    found = verdict(
        WASTEFUL, lowestEfficiency="0.99", highestWastedBytes="1kB", highestUserWastedPercent="0.5"
    ).failures
    dive = WASTEFUL.dive
    assert [one.code for one in found] == [rule.name for rule in RULES if not rule.is_ours]
    assert [measured(one).value for one in found] == [
        dive.efficiency_score,
        dive.inefficient_bytes,
        dive.user_wasted_percent,
    ]
    assert measured(found[1]).value == 1900  # dive counts the copy that is kept too


def test_a_failure_names_some_paths_and_counts_all() -> None:
    image = analyze(build_image(layer(*(file(f"tmp/{i:03}", 1) for i in range(MOST_PATHS + 5)))))
    (failure,) = verdict(image, forbidden_path=["/tmp/**"]).failures
    assert len(failure.paths) == MOST_PATHS
    assert failure.paths_total == measured(failure).value == MOST_PATHS + 5


def entry(**more: Any) -> list[dict[str, Any]]:
    return [{"rule": "no-setuid", "reason": "su is needed", "expires": date(2025, 6, 1)} | more]


def test_an_ignored_rule_fails_no_run_up_to_its_last_day() -> None:
    found = verdict(no_setuid=True, ignore=entry())
    assert found.passed
    assert [(failure.code, ignore.reason) for failure, ignore in found.ignored] == [("no-setuid", "su is needed")]
    expired = verdict(no_setuid=True, ignore=entry(expires="2025-05-31"))
    assert not expired.passed
    assert [one.rule for one in expired.expired] == ["no-setuid"]


def test_an_ignored_path_leaves_the_rule_in_force_for_others() -> None:
    assert verdict(no_setuid=True, ignore=entry(path="/usr/bin/su")).passed
    assert not verdict(no_setuid=True, ignore=entry(path="/usr/bin/sudo")).passed
    assert verdict(budget={"/usr/**": 400}, ignore=entry(rule="budget", path="/usr/bin/*")).passed


@pytest.mark.parametrize(
    ("rules", "ignore", "where", "message"),
    [
        ({"max-size": "much"}, None, "here", "'much' is no size"),
        ({"max-size": True}, None, "here", "expected a size such as '5MB', not bool"),
        ({"max-layers": "3.5"}, None, "here", "'3.5' is no whole number"),
        ({"min-efficiency": 95}, None, "here", "'95' is more than everything"),
        ({"no-setuid": "maybe"}, None, "here", "expected true or false, not 'maybe'"),
        ({"budget": {"/a": "x"}}, None, "here, /a", "'x' is no size"),
        ({"budget": ["5MB"]}, None, "here", "'5MB' is no budget"),
        ({"forbidden-path": "/a"}, None, "here", "expected a list of texts"),
        ({"forbidden-path": ["/[z-a]"]}, None, "here", None),
        ({"required-path": [{"path": "/a", "mood": "0755"}]}, None, "here", "there is no condition 'mood'"),
        ({"required-path": ["/a,mode=rwx"]}, None, "here, mode", "'rwx' is no mode"),
        ({}, entry(expires="soon"), "ignore[0].expires", "'soon' is no date"),
        ({}, entry(reason=""), "ignore[0]", "an ignore entry needs 'reason'"),
        ({}, entry(rule="no-setuids"), "ignore[0].rule", "there is no rule 'no-setuids'"),
        ({}, entry(rule="max-size", path="/a"), "ignore[0].path", "max-size is not about single paths"),
    ],
)
def test_a_complaint_says_where(rules: Any, ignore: Any, where: str, message: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        verdict(ignore=ignore, **rules)
    assert caught.value.where == where
    assert message in (None, caught.value.message)


MERGED_USR = analyze(
    build_image(
        layer(
            symlink("bin", "usr/bin"),
            file("usr/bin/nc", 300, mode=0o4755),
            file("usr/bin/sh", 300),
            symlink("loop", "loop"),
            symlink("out", "../../usr"),
        )
    )
)


@pytest.mark.parametrize("pattern", ["/bin/nc", "/bin/n*", "/usr/bin/nc", "usr/bin/nc", "/out/bin/nc", "/**/nc"])
def test_a_path_through_a_link_is_no_way_around_a_rule(pattern: str) -> None:
    (failure,) = verdict(MERGED_USR, forbidden_path=[pattern]).failures
    assert failure.paths == ("usr/bin/nc",)
    (failure,) = verdict(MERGED_USR, budget={pattern: 1}).failures
    assert measured(failure).value == 300
    assert verdict(MERGED_USR, no_setuid=True, ignore=entry(path=pattern)).passed
    assert verdict(MERGED_USR, forbidden_path=["/bin/nc"], ignore=entry(rule="forbidden-path", path=pattern)).passed
    assert verdict(MERGED_USR, required_path=[pattern]).passed


@pytest.mark.parametrize("pattern", ["/loop/*", "/loop/x", "/gone/*", "/usr/bin/nc/*", "/", ""])
def test_what_leads_nowhere_breaks_no_rule(pattern: str) -> None:
    assert verdict(MERGED_USR, forbidden_path=[pattern or "/."]).passed
