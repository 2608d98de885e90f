"""Names of secrets, against the regular expressions that say the same in a time that grows with the square."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ocianalyze.analysis.checks.run import run_checks
from ocianalyze.analysis.checks.secrets import is_secret
from ocianalyze.analysis.union.analyze import analyze
from tests.builders import build_image, file, whiteout
from tests.steps import lines_run

SECRETS = re.compile(
    r"(^|/)(\.env(\.[^/]+)?|\.netrc|\.npmrc|\.pypirc|\.git-credentials|\.aws/credentials|\.docker/config\.json"
    r"|id_(rsa|dsa|ecdsa|ed25519)|[^/]*(deploy|private|secret)[^/]*key[^/]*|[^/]+\.(pem|p12|pfx|jks|kdbx))\Z",
    re.IGNORECASE,
)
OTHERS = re.compile(
    r"(^|/)(certs/(?![^/]*key)[^/]*|(?![^/]*key)([^/]*(cert|chain|bundle|public)[^/]*|([^/]*[-_.])?ca([-_.][^/]*)?)\.pem"
    r"|\.env\.(example|sample|template|dist)|[^/]+\.(pyc?|pyi|jsx?|tsx?|html?|md|rst|[ch]|hpp|go|rb|php|java|class|so))\Z",
    re.IGNORECASE,
)
PARTS = (
    *("deploy", "private", "Secret", "key", "KEY", "cert", "chain", "public", "ca", "certs", "id_rsa", "id_dsa", "x"),
    *(".pem", ".p12", ".kdbx", ".py", ".h", ".env", ".example", ".dist", ".aws", ".docker", "config.json", ".npmrc"),
    *("credentials", ".git-credentials", "/", "/", ".", "-", "_"),
)


@settings(max_examples=1000)
@given(st.lists(st.sampled_from(PARTS), max_size=6))
@example(["certs", "/", "x", ".pem"])
@example(["deploy", "private", "key"])
@example(["key", "secret"])
def test_a_secret_is_what_the_expressions_find(parts: list[str]) -> None:
    path = "/".join(filter(None, "".join(parts).split("/")))
    assert is_secret(path) is bool(SECRETS.search(path) and not OTHERS.search(path))


NAMES = ["secret", "secretkey", "private", "ca-", "ca.", "key", ".pem", "cert", "certs/", ".env.", "id_rsa"]


@pytest.mark.parametrize("part", NAMES)
@pytest.mark.parametrize("end", ["", "x", ".pem", "key"])
def test_a_longer_name_takes_no_more_steps(part: str, end: str) -> None:
    def cost(count: int) -> int:
        path = part * count + end
        analysis = analyze(build_image([file(path, 1)], [whiteout(path)]))
        return lines_run(lambda: run_checks(analysis))

    assert cost(2000) <= cost(1000) + 2
