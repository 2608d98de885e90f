"""A Dockerfile out of history and config: each step in order, nothing lost, nothing that a name can add."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest

from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.model.documents import Healthcheck, History, Runtime
from ocianalyze.model.image import HistoryStep
from ocianalyze.report import words
from ocianalyze.report.compose.report import report_document
from ocianalyze.report.formats import to_dockerfile
from tests.builders import build_image, file, layer
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
    assert text.startswith("# registry.example/field-notes:1.0 sha256:")
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
        ("ENV A=old value", ["A=new"], "ENV A=old value"),
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
