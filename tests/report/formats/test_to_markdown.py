"""Markdown: the verdict first, nothing that a name can break out of, never too long to post."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.report import words
from ocianalyze.report.formats import to_markdown
from ocianalyze.report.formats.markdown import LIMIT
from ocianalyze.report.words import UNSAFE
from tests.builders import build_image, file, layer, whiteout
from tests.report.judging import judged, written
from tests.report.samples import hostile, leaking, webapp


def markdown(analysis: Analysis, **rules: Any) -> str:
    return written(to_markdown, judged(analysis, **rules))


def test_the_verdict_comes_first() -> None:
    lines = markdown(webapp(), max_layers=5, max_wasted="1kB").splitlines()
    assert lines[:4] == [
        "### \u274c Failed: 2 failures of 2 rules",
        "",
        "- max\\-wasted\\: 791.9 kB; at most 1.0 kB is allowed",
        "  - `/var/cache/apt/archives/app_1.0_amd64.deb`",
    ]
    assert markdown(webapp(), max_layers=6).startswith("### \u2705 Passed: 1 rule\n")
    assert markdown(webapp()).startswith("### 1.9 MB in 6 layers\n")


def test_secrets_have_a_heading_of_their_own_before_all_else() -> None:
    assert markdown(leaking(), max_layers=1).splitlines()[:6] == [
        "### \U0001f511 Secrets: 3 files can still be read",
        "",
        "- `/srv/key.pem`, `/srv/.env` (layer 1)",
        "- `/root/.netrc` (layer 3)",
        "",
        "### \u274c Failed: 1 failure of 1 rule",
    ]
    assert "Secrets" not in markdown(webapp())


def test_size_layers_and_waste_by_cause_follow() -> None:
    text = markdown(webapp())
    waste = webapp().waste
    assert "| Merged | Stored | Blobs | Layers | Files | Wasted | Wasted above the base | Efficiency |" in text
    assert " | 6 | 5 | " in text
    assert f"Most wasted: {len(waste.paths)} paths" in text
    for cause, size in waste.by_cause.items():
        assert (f" | {words.cause(cause.value)} |" in text) == bool(size)
    for layer_index in range(6):
        assert re.search(rf"^\| {layer_index} \|", text, re.MULTILINE)


def test_it_has_the_order_in_which_a_reviewer_asks() -> None:
    text = markdown(webapp(), max_layers=5)
    parts = ["Failed: 1 failure", "| Merged | Stored", "To save", "<summary>6 layers", "Waste by cause", "Most wasted"]
    assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)


def test_the_file_of_rules_and_what_expired_are_told() -> None:
    ignore = [{"rule": "max-layers", "reason": "a*b", "expires": "2024-12-31"}]
    document = judged(webapp(), max_layers=5, ignore=ignore)
    assert not isinstance(document.report.verdict, msgspec.UnsetType)
    verdict = msgspec.structs.replace(document.report.verdict, config="my_rules.toml")
    report = msgspec.structs.replace(document.report, verdict=verdict)
    text = written(to_markdown, replace(document, report=report))
    assert text.startswith("### \u274c Failed: 1 failure of 1 rule (`my_rules.toml`)\n")
    assert "max\\-layers expired on 2024\\-12\\-31; the rule applies again \\(a\\*b\\)" in text


TEXTS = st.builds(lambda text, times: text * times, st.text(min_size=1, max_size=8), st.sampled_from([1, 40, 600]))


@settings(max_examples=15, deadline=None)
@given(
    names=st.lists(TEXTS.filter(lambda text: "/" not in text and "\0" not in text), min_size=1, max_size=4),
    instruction=TEXTS,
    layers=st.sampled_from([1, 3, 70]),
    files=st.sampled_from([1, 90]),
    rules=st.sampled_from([0, 3, 300]),
)
def test_it_is_never_too_long_to_post(names: list[str], instruction: str, layers: int, files: int, rules: int) -> None:
    entries = [file(f"{name}/{number}", 5) for number in range(files) for name in names]
    image = build_image(
        *(layer(*entries) for _ in range(layers)),
        created_by=[instruction] * layers,
        names=tuple(names) * 5,
    )
    wanted = [f"/{names[0][:1000]}/{number}*" for number in range(rules)]
    limits: dict[str, Any] = {"required_label": [instruction], "budget": dict.fromkeys(wanted, 1)} if rules else {}
    text = markdown(analyze(image), **limits)
    assert len(text) < LIMIT
    assert text.count("<details>") == len(re.findall("^</details>$", text, re.MULTILINE))
    assert not UNSAFE.search(text.replace("\n", ""))


def test_many_failures_with_long_paths_leave_room_for_the_rest() -> None:
    image = analyze(build_image(*(layer(*(file(f"{i:03}{'n' * 240}", 9) for i in range(90))) for _ in range(2))))
    text = markdown(image, forbidden_path=[f"/{i}*" for i in range(10)] + [f"/{i:02}*" for i in range(90)])
    for part in ("<summary>2 layers", "Waste by cause", "To save", "<sub>"):
        assert part in text


NASTY = "a|b`c```</details><script>\n\x1b[31m\u202e"


@pytest.mark.parametrize(
    "analysis",
    [
        hostile(),
        analyze(build_image()),
        analyze(
            build_image(
                layer(*(file(f"{i:03}" + NASTY * 100 + "\U000e0041" * 300, 9) for i in range(200))),
                *(layer(whiteout(f"{i:03}" + NASTY * 100 + "\U000e0041" * 300)) for i in range(150)),
                created_by=["RUN " + NASTY * 500] * 151,
                names=tuple(NASTY * 100 + str(i) for i in range(100)),
            )
        ),
    ],
)
def test_it_is_short_and_harmless_whatever_the_image(analysis: Analysis) -> None:
    rules: dict[str, Any] = {
        "max_layers": 0,
        "forbidden_path": ["**"] + [f"/{i}*" for i in range(100)],
        "forbidden_env": [NASTY, "*"],
    }
    text = markdown(analysis, **rules)
    assert len(text) < LIMIT
    assert not UNSAFE.search(text.replace("\n", ""))
    assert text.count("<details>") == len(re.findall("^</details>$", text, re.MULTILINE))
    for row in re.findall(r"^\| .*$", text, re.MULTILINE):
        assert re.search(r"[^\\]\|$", row)


def test_what_would_not_fit_is_cut_and_said_so() -> None:
    mark = "e" + "\u0301" * 3  # one cell, four characters
    name = mark * 199
    analysis = analyze(
        build_image(
            layer(*(file(f"{i:03}{name}", 9) for i in range(90))),
            layer(*(file(f"{i:03}{name}", 9) for i in range(90))),
            *(layer() for _ in range(50)),
            created_by=[f"RUN {name}"] * 52,
        )
    )
    text = markdown(analysis, forbidden_path=[f"/{i:03}*" for i in range(90)])
    assert LIMIT - 3000 < len(text) < LIMIT
    assert text.endswith("(cut here: the rest would not fit)\n")
    assert text.count("<details>") == text.count("</details>")
