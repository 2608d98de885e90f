"""The text report: one screen, at any width, of any image."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len

from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.model.finding import Finding
from ocianalyze.report import words
from ocianalyze.report.compose.report import compose, report_document
from ocianalyze.report.formats import to_text
from tests.builders import build_image, directory, file, hardlink, layer, whiteout
from tests.report.samples import hostile, leaking, webapp


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def written(analysis: Analysis, out: io.StringIO | None = None, *, top: int | None = None) -> str:
    out = out or io.StringIO()
    to_text.write(report_document(analysis, top=top), out)
    return out.getvalue()


def replace_image(analysis: Analysis, **changes: Any) -> Analysis:
    return replace(analysis, image=replace(analysis.image, **changes))


def tall() -> Analysis:
    layers = [layer(file("base", 10_000_000)), *(layer(directory(f"d{i}")) for i in range(58))]
    return analyze(build_image(*layers, layer(file("last", 4_000_000))))


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 160, 300])
@pytest.mark.parametrize("analysis", [webapp(), hostile(), tall(), analyze(build_image())])
def test_no_line_is_wider_than_the_page(analysis: Analysis, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = written(analysis).split("\n")
    assert max(map(cell_len, lines)) <= width
    assert all(line == line.rstrip() for line in lines)
    assert lines[-1] == ""
    assert lines[-2] != ""


def test_on_80_columns_the_digest_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for analysis in (webapp(), hostile(), replace_image(webapp(), digest=None)):
        digest = analysis.image.digest or analysis.image.config_digest
        assert str(digest) in written(analysis)


def test_on_40_columns_no_number_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    analysis = webapp()
    report, lines = compose(analysis), written(analysis).split("\n")
    at = lines.index("Layers") + 2
    for layer_, line in zip(report.layers, lines[at:], strict=False):
        wasted = [words.size(layer_.wasted)] if layer_.wasted else []
        assert (
            line.split()[: 3 + 2 * len(wasted)]
            == " ".join([str(layer_.index), words.size(layer_.size), *wasted]).split()
        )
    told = " ".join(" ".join(lines[:at]).split())
    assert f"{words.size(report.image.blob_size)} as blobs" in told
    assert f"{report.image.merged.directories} directories" in told


@pytest.mark.parametrize(
    ("source", "width", "shown"),
    [
        (
            "/a/long/way/to/the/directory/of/the/archive/of/the/image/web-1.tar",
            60,
            "/a/long/way/to/the…/web-1.tar (oci-archive, ",
        ),
        ("-", 80, "standard input (oci-archive"),
        ("\x1b[31m.tar", 80, "\\x1b[31m.tar (oci-archive"),
    ],
)
def test_the_archive_is_named_with_its_form_and_size(
    source: str, width: int, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    [line] = [line for line in written(replace_image(webapp(), source=source)).split("\n") if line[:7] == "Archive"]
    assert line.split(maxsplit=1)[1].startswith(shown)
    assert line.endswith("B)")


def test_piped_text_has_no_colour_and_nothing_that_acts_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    for analysis in (webapp(), hostile()):
        assert all(line.isprintable() for line in written(analysis).split("\n"))


def test_the_width_of_piped_text_is_that_of_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    explicit = written(webapp())
    for odd in ("", "0", "wide", "-5", "99999999999"):
        with monkeypatch.context() as during:  # pytest -v fills lines of that width when a test ends
            during.setenv("COLUMNS", odd)
            assert (written(webapp()) == explicit) is (odd != "0")


def test_a_terminal_gets_colours_unless_it_declines(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[31m" in written(webapp(), Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in written(webapp(), Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in written(webapp(), Terminal())


def test_what_was_written_again_unchanged_does_not_count_as_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    lower = layer(directory("d"), file("d/same", 5), file("d/mode", 5), file("d/bytes", 5))
    upper = layer(directory("d"), file("d/same", 5), file("d/mode", 5, mode=0o600), file("d/bytes", 6))
    analysis = analyze(build_image(lower, upper))
    shown = {}
    for width in (100, 160):
        monkeypatch.setenv("COLUMNS", str(width))
        lines = written(analysis).split("\n")
        at = lines.index("Layers")
        shown[width] = lines[at + 1].split(), lines[at + 3].split()
    assert shown[100] == (
        ["#", "Size", "Wasted", "Added", "Changed", "Removed", "Instruction"],
        ["1", "16", "B", "██████████", "2", "RUN", "step", "1"],
    )
    assert "Unchanged" in shown[160][0]
    assert shown[160][1][4:7] == ["1", "1", "2"]


def test_the_layer_that_hid_a_path_is_named() -> None:
    lines = written(webapp()).split("\n")
    _, line = [line for line in lines if line.endswith("/srv/docs/new.html")]
    assert line.split() == ["6.0", "kB", "replaced", "4", "5", "/srv/docs/new.html"]


def test_top_says_how_many_paths_and_files_and_what_is_left_out() -> None:
    text = written(webapp(), top=1)
    assert "and 4 more paths with 91.9 kB" in text
    assert "/bin/busybox" in text
    assert "/etc/hosts" not in text


def test_secrets_that_can_still_be_read_are_told_in_the_first_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    lines = written(leaking()).split("\n")
    assert lines[2] == "Secrets  ! 3 files can still be read: /srv/key.pem, /srv/.env (layer 1); /root/.netrc (layer 3)"
    assert "\x1b[1;31m! 3 files can still be read" in written(leaking(), Terminal())
    assert not any(line.startswith("Secrets") for line in written(webapp()).split("\n"))


def test_every_finding_is_shown_with_its_first_path() -> None:
    text = written(leaking())
    assert "Saves  What and how\n 20 B  /srv/key.pem and 1 more path\n" in text
    assert "and 1 more finding; the JSON report lists them all" in written(leaking(), top=3)
    assert "more finding" not in written(leaking(), top=4)
    assert "and 4 more findings" in written(leaking(), top=0)


def test_a_tall_stack_shows_every_layer_that_weighs() -> None:
    text = written(tall())
    assert "1 to 58: 58 small layers" in text
    assert len(text.split("\n")) < 25


def test_a_perfect_image_is_told_so() -> None:
    assert "Live     5 B, efficiency 100%: nothing is wasted\n" in written(analyze(build_image(layer(file("a", 5)))))
    assert "no file is stored" in written(analyze(build_image()))


def test_a_layer_without_history_says_so() -> None:
    image = build_image(layer(file("a", 5)), layer(file("b", 5)))
    image = replace(image, layers=tuple(replace(each, history=None) for each in image.layers), history=())
    assert written(analyze(image)).count("(no history)") == 2


def test_a_missing_layer_stands_out() -> None:
    image = build_image(layer(file("a", 5)), layer())
    image = replace(image, layers=(image.layers[0], replace(image.layers[1], missing=True)))
    assert "(blob missing) RUN step 1" in written(analyze(image))


def test_a_command_of_three_thousand_characters_takes_one_line() -> None:
    image = build_image(layer(file("a", 5)), created_by=["RUN " + "apt-get install " * 190])
    (line,) = [line for line in written(analyze(image)).split("\n") if "apt-get" in line]
    assert line.endswith("…")


def test_a_large_file_says_how_many_names_it_has() -> None:
    upper = layer(whiteout("bin/c"), hardlink("bin/d", "bin/a"), hardlink("bin/e", "bin/a"))
    entries = layer(file("bin/a", 9), hardlink("bin/b", "bin/a"), hardlink("bin/c", "bin/a"), file("one", 3))
    lines = written(analyze(build_image(entries, upper))).split("\n")
    at = lines.index("Largest files")
    assert [" ".join(line.split()) for line in lines[at + 2 : at + 4]] == ["9 B 0 /bin/a (4 names)", "3 B 0 /one"]


def test_notices_are_told_and_the_rest_is_counted() -> None:
    notices = tuple(Finding(code="odd", message=f"oddity {i}", paths=("etc/x",)) for i in range(12))
    text = written(replace(webapp(), notices=notices))
    assert "oddity 7 (/etc/x)" in text
    assert "oddity 8" not in text
    assert "and 4 more notices" in text
