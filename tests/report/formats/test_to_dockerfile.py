"""A Dockerfile out of history and config: each step in order, nothing lost, nothing that a name can add."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.model.documents import Healthcheck, History, Runtime
from ocianalyze.model.image import HistoryStep
from ocianalyze.report import words
from ocianalyze.report.compose.report import report_document
from ocianalyze.report.formats import to_dockerfile
from ocianalyze.report.values.report import HistoryRow
from tests.builders import build_image, file, layer
from tests.cli.run import SAMPLES, run
from tests.report.judging import written
from tests.report.samples import hostile, webapp


def made(*created_by: str, runtime: Runtime | None = None) -> list[str]:
    """The lines made of these steps, without comments and blank lines, from FROM on."""
    layers = [layer(file(str(index), 5)) for index in range(len(created_by))]
    report = report_document(analyze(build_image(*layers, created_by=created_by, runtime=runtime)))
    lines = [line for line in written(to_dockerfile, report).split("\n") if line and not line.startswith("#")]
    assert lines.pop(0) == "FROM scratch"
    return lines


def test_the_steps_come_in_order_with_their_layers() -> None:
    text = written(to_dockerfile, report_document(webapp()))
    assert "\n# registry.example/field-notes:1.0 sha256:" in text
    assert '# layer 0: 1.9 MB, 900 B of it wasted\nADD rootfs.tar.gz /\n\nCMD ["sh"]\n\n' in text
    assert "# layer 1: 740.0 kB, all of it wasted\nRUN apt-get" in text
    assert "RUN apt-get update \\\n    && apt-get install -y app\n" in text
    tail = text.partition("# In the config, and in no step of the history:\n")[2].splitlines()
    assert tail == [
        "ENV PATH=/usr/bin LANG=C.UTF-8",
        "LABEL org.example.a=1 org.example.b=2",
        "EXPOSE 443/tcp 8080/tcp",
        'VOLUME ["/data"]',
        "USER app",
        "WORKDIR /srv",
        "STOPSIGNAL SIGTERM",
        'HEALTHCHECK --interval=30s --retries=3 CMD ["true"]',
        'ENTRYPOINT ["tini", "--"]',
    ]


@pytest.mark.parametrize(
    ("created_by", "expected"),
    [
        ("RUN /bin/sh -c a && b || c && d # buildkit", ["RUN a \\", "    && b || c \\", "    && d"]),
        ("RUN /bin/sh -c echo '&& y' \"z && \\\" && w\" && b", ["RUN echo '&& y' \"z && \\\" && w\" \\", "    && b"]),
        ("RUN /bin/sh -c echo 'x && y", ["RUN echo 'x \\", "    && y"]),  # no shell would run it
        ("RUN /bin/sh -c set -e\nfor i in 1 2; do\n  echo $i\ndone\n # buildkit",
         ["RUN <<'EOF'", "set -e", "for i in 1 2; do", "  echo $i", "done", "EOF"]),
        ("RUN /bin/sh -c cat <<EOF >x\nhello\nEOF\n # buildkit",
         ["RUN <<'EOF_'", "cat <<EOF >x", "hello", "EOF", "EOF_"]),
        ("RUN /bin/sh -c a \\\n  && b", ["RUN a \\", "    && b"]),
        ('/bin/sh -c #(nop)  CMD ["sh" "-c"]', ['CMD ["sh", "-c"]']),
        ("bazel build //x", []),
        ("COPY a /b\nRUN evil", ["COPY a /b RUN evil"]),
    ],
)  # fmt: skip
def test_one_step(created_by: str, expected: list[str]) -> None:
    assert made(created_by) == expected


@pytest.mark.parametrize(
    ("created_by", "env", "expected"),
    [
        ("ENV A=b", ["A=b"], "ENV A=b"),
        ("ENV A=b  c", ["A=b  c"], 'ENV A="b  c"'),
        ("ENV A=b C=d e F=g", ["A=b", "C=d e", "F=g"], 'ENV A=b C="d e" F=g'),
        ("ENV A=b C=d", ["A=b C=d"], 'ENV A="b C=d"'),
        ('ENV A=$x "y" \\', ['A=$x "y" \\'], 'ENV A="\\$x \\"y\\" \\\\"'),
        ("ENV A=old value", ["A=new"], 'ENV A="old value"'),
        ("ENV A=one B=two words C=3", [], 'ENV A=one B="two words" C=3'),
        ("ENV A=b=c d", ["A=b=c d"], 'ENV A="b=c d"'),
        ("ENV A=1 B=2", ["A=1 B=2x", "B=2"], "ENV A=1 B=2"),
        ("ENV A=b", [], "ENV A=b"),
    ],
)
def test_values_have_their_quotes_again(created_by: str, env: list[str], expected: str) -> None:
    assert made(created_by, runtime=Runtime(env=env)) == [expected]
    labels = dict(one.split("=", 1) for one in env)
    label = created_by.replace("ENV", "LABEL")
    assert made(label, runtime=Runtime(labels=dict(labels))) == [expected.replace("ENV", "LABEL")]


def test_how_often_a_container_is_tested_comes_from_the_config() -> None:
    check = Healthcheck(test=["CMD-SHELL", "curl -f x"], interval=5_000_000_000, timeout=500_000_000, retries=2)
    steps = ("HEALTHCHECK CMD old", 'HEALTHCHECK &{["CMD-SHELL" "curl -f x"] "5s" "0.5s" "0s" \'\\x02\'}')
    assert made(*steps, runtime=Runtime(healthcheck=check)) == [
        "HEALTHCHECK CMD old",
        "HEALTHCHECK --interval=5s --timeout=0.5s --retries=2 CMD curl -f x",
    ]
    assert made("RUN a", runtime=Runtime(healthcheck=Healthcheck(test=["NONE"])))[1:] == ["HEALTHCHECK NONE"]


def test_no_text_adds_a_line() -> None:
    text = written(to_dockerfile, report_document(hostile()))
    assert not words.UNSAFE.search(text.replace("\n", ""))
    outside = re.sub(r"(?ms)^RUN <<'EOF'$.*?^EOF$", "", text)
    kinds = {line.partition(" ")[0] for line in outside.split("\n") if line}
    assert kinds == {"#", "FROM", "ENV", "LABEL", "USER", "WORKDIR", "CMD"}


def test_an_image_may_say_nothing() -> None:
    image = build_image(layer(file("a", 5)))
    silent = replace(image, history=(HistoryStep(history=History(), layer=0),))
    text = written(to_dockerfile, report_document(analyze(silent)))
    assert "# layer 0: 5 B\n# (nothing is recorded of this step)\n" in text
    assert written(to_dockerfile, report_document(analyze(build_image()))).endswith("FROM scratch\n")


@pytest.mark.parametrize("piece", ["\"'", '"', "&& ", "\\", '"\\'])
def test_a_megabyte_of_anything_takes_no_more_than_a_moment(piece: str) -> None:
    command = piece * 500_000
    start = time.process_time()
    made(f"RUN /bin/sh -c {command}", f"ENV {command}", runtime=Runtime(env=[f"A={command}", "B=c"]))
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("created_by", "expected"),
    [
        ("RUN /bin/bash -o pipefail -c echo 's/a  b/c   d/' && b # buildkit",
         ["RUN echo 's/a  b/c   d/' \\", "    && b"]),
        ("SHELL [/bin/bash -o pipefail -c]", ['SHELL ["/bin/bash", "-o", "pipefail", "-c"]']),
        ('/bin/sh -c #(nop)  ENTRYPOINT &{["/entry.sh" "a\\"b"]}', ['ENTRYPOINT ["/entry.sh", "a\\"b"]']),
        ("/bin/sh -c #(nop)  STOPSIGNAL [SIGTERM]", ["STOPSIGNAL SIGTERM"]),
        ("VOLUME [/data /var/lib/my dir]", ['VOLUME ["/data", "/var/lib/my dir"]']),
        ("ARG VERSION=1.2 beta", ['ARG VERSION="1.2 beta"']),
        ("/bin/sh -c #(nop)  HEALTHCHECK {[CMD /x] 30s %!s(int=3)}", []),
        ("COPY <<EOF /etc/conf # buildkit", []),
        ("RUN /bin/sh -c <<EOF (apt-get update...)", []),
        ("RUN /bin/sh -c echo x \\", ["RUN <<'EOF'", "echo x \\", "EOF"]),
        ("WORKDIR /a\\", []),
        ("COPY a b\\", []),
        ("RUN /bin/sh -c a\n EOF\nb", ["RUN <<'EOF_'", "a", " EOF", "b", "EOF_"]),
    ],
)  # fmt: skip
def test_what_is_recorded_otherwise_is_spelled_so_that_it_builds(created_by: str, expected: list[str]) -> None:
    assert made(created_by) == expected


DIRECTIVES = ["syntax=evil.example/frontend:latest", "escape=`", "check=skip=all", "\nsyntax=x"]


@pytest.mark.parametrize("name", DIRECTIVES)
def test_nothing_of_an_image_is_a_directive_of_the_parser(name: str) -> None:
    image = replace(build_image(layer(file("a", 5)), created_by=[name], names=(name,)), source=name)
    first, *_ = written(to_dockerfile, report_document(analyze(image))).split("\n")
    # BuildKit looks for directives until the first line that is none.
    assert first == "# Reconstructed by ocianalyze from the history and the config of the image."


def test_times_of_any_length_are_written() -> None:
    check = Healthcheck(test=["CMD", "true"], interval=10**400, timeout=1_500_000_000, retries=1)
    [line] = made("HEALTHCHECK CMD x", runtime=Runtime(healthcheck=check))
    assert line.startswith(f"HEALTHCHECK --interval={10**391}s --timeout=1.5s")


def test_thousands_of_variables_take_steps_in_proportion() -> None:
    """Counted in lines that run, at two sizes."""

    def steps(count: int) -> int:
        env = [f"A{number}=x" for number in range(count)]
        report = report_document(analyze(build_image(layer(), created_by=["ENV A0=x"], runtime=Runtime(env=env))))
        history = [replace_instruction(report.report.history[0], f"ENV A{number}=x") for number in range(count)]
        document = replace(report, report=msgspec.structs.replace(report.report, history=history))
        ran = 0

        def trace(_frame: FrameType, _event: str, _arg: object) -> Any:
            nonlocal ran
            ran += 1
            return trace

        sys.settrace(trace)
        try:
            written(to_dockerfile, document)
        finally:
            sys.settrace(None)
        return ran

    assert steps(400) < 2.5 * steps(200)


def replace_instruction(row: HistoryRow, text: str) -> HistoryRow:
    return msgspec.structs.replace(row, instruction=text, created_by=text)


def _judged(dockerfile: str, tmp_path: Path) -> None:
    """hadolint parses *dockerfile*; whatever it thinks of the style does not matter."""
    path = tmp_path / "Dockerfile"
    path.write_text(dockerfile, encoding="utf-8")
    hadolint = shutil.which("hadolint") or shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if hadolint is None:
        pytest.skip("hadolint is not there")
    done = subprocess.run([hadolint, "--no-color", "--format", "json", path], capture_output=True, check=False)
    codes = [one["code"] for one in json.loads(done.stdout or b"[]")]
    assert [code for code in codes if not code.startswith(("DL", "SC"))] == [], (codes, dockerfile)
    assert "DL1000" not in codes, dockerfile


@pytest.mark.parametrize("sample", sorted(one.name for one in SAMPLES.glob("*.tar")))
def test_hadolint_parses_the_samples(sample: str, tmp_path: Path) -> None:
    options = ["--platform", "linux/amd64"] if "multi" in sample else []
    done = run("dockerfile", str(SAMPLES / sample), *options)
    assert done.returncode == 0
    _judged(done.stdout, tmp_path)


_WORDS = st.lists(
    st.sampled_from(["RUN", "ENV", "COPY", "A=b", '"x y"', "&&", "\\", "<<EOF", "[a", "]", "'", "map[", "$X", "#", "é"])
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["RUN /bin/sh -c", "ENV", "LABEL", "CMD", "SHELL", "COPY", "VOLUME", "ARG", "USER"]), _WORDS)
def test_hadolint_sees_no_step_more_than_there_is(tmp_path: Path, kind: str, parts: list[str]) -> None:
    """Whatever a step says, the next one stays a step of its own: counted by the instructions that stand alone."""
    lines = made(" ".join([kind, *parts]), "CMD last")
    assert lines[-1] == "CMD last"
    assert not lines[-2:-1] or not lines[-2].rstrip().endswith("\\")
