"""Each kind of waste has a remedy that names the layer to change, and the bytes it saves."""

from __future__ import annotations

import pytest

from ocianalyze.analysis.checks.check import ImageCheck, WasteCheck
from ocianalyze.analysis.checks.run import run_checks
from ocianalyze.analysis.checks.table import CHECKS
from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.analysis.waste.waste import WasteCause
from ocianalyze.model.finding import FoundBy, Level
from tests.builders import build_image, file, layer, whiteout
from tests.cli.run import WEBAPP
from tests.loading.loader import load_image


def found(*layers: object, created_by: tuple[str, ...]) -> list[tuple[str, int]]:
    analysis = analyze(build_image(*layers, created_by=created_by))  # type: ignore[arg-type]
    return [(one.code, one.bytes) for one in run_checks(analysis) if one.code != "squash"]


def test_a_cache_that_a_later_layer_deletes() -> None:
    path = "var/cache/apt/archives/x.deb"
    assert found(layer(file(path, 90)), layer(whiteout(path)), created_by=("RUN apt-get update", "RUN rm")) == [
        ("cache", 90)
    ]
    copied = found(layer(file(path, 90)), layer(whiteout(path)), created_by=("COPY *.deb /var/cache", "RUN rm"))
    assert copied == [("copied-then-deleted", 90)]


def test_what_is_copied_and_deleted_and_what_is_made_and_deleted() -> None:
    stack = (layer(file("src/a", 90)), layer(whiteout("src/a")))
    assert found(*stack, created_by=("COPY . /src", "RUN rm")) == [("copied-then-deleted", 90)]
    assert found(*stack, created_by=("RUN make", "RUN rm")) == [("deleted-later", 90)]


def test_chown_after_a_copy_and_after_a_run() -> None:
    stack = (layer(file("a", 90)), layer(file("a", 90, uid=7)))
    assert found(*stack, created_by=("COPY a /", "RUN chown")) == [("copied-then-chowned", 90)]
    assert found(*stack, created_by=("RUN make", "RUN chown")) == [("metadata-only", 90)]


def test_a_secret_comes_first_however_small() -> None:
    stack = (
        layer(file("app/.env", 1), file("big", 9_000_000)),
        layer(whiteout("app/.env"), whiteout("big")),
    )
    assert found(*stack, created_by=("COPY . /app", "RUN rm")) == [("secret", 1), ("copied-then-deleted", 9_000_000)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("etc/nginx/tls/server.pem", "secret"),
        ("etc/ssl/private/key.pem", "secret"),
        ("opt/certs/tls-key.pem", "secret"),
        ("srv/cert-and-key.pem", "secret"),
        ("srv/cassandra.pem", "secret"),
        ("srv/.env.production", "secret"),
        ("srv/secret_key.txt", "secret"),
        ("usr/lib/python3/dist-packages/certifi/cacert.pem", "deleted-later"),
        ("etc/ssl/certs/GlobalSign.pem", "deleted-later"),
        ("etc/pki/tls-ca-bundle.pem", "deleted-later"),
        ("etc/tls/internal-ca.pem", "deleted-later"),
        ("etc/tls/ca.pem", "deleted-later"),
        ("etc/tls/fullchain.pem", "deleted-later"),
        ("etc/tls/public.pem", "deleted-later"),
        ("srv/.env.example", "deleted-later"),
        ("usr/lib/python3/secretkeys.py", "deleted-later"),
    ],
)
def test_certificates_examples_and_source_code_are_no_secrets(path: str, expected: str) -> None:
    stack = (layer(file(path, 10)), layer(whiteout(path)))
    assert found(*stack, created_by=("RUN make", "RUN rm")) == [(expected, 10)]


def test_all_that_is_advised_adds_up_to_what_is_wasted_but_for_crumbs() -> None:
    analysis = analyze(load_image(WEBAPP))
    advice = [one for one in run_checks(analysis) if one.code != "squash"]
    assert sum(one.bytes for one in advice) <= analysis.waste.wasted
    assert sum(one.bytes for one in advice) > 0.98 * analysis.waste.wasted
    secret = advice[0]
    assert (secret.code, secret.found_by, secret.level) == ("secret", FoundBy.CHECK, Level.WARNING)
    assert set(secret.paths) == {"srv/app/.env", "srv/app/deploy_key"}
    assert "layer 5" in str(secret.remedy)


def test_the_whole_image_is_looked_at_last() -> None:
    found = run_checks(analyze(load_image(WEBAPP)))
    whole = {check.code for check in CHECKS if isinstance(check, ImageCheck)}
    assert [one.code in whole for one in found] == sorted(one.code in whole for one in found)
    assert found[-1].code == "squash"
    assert found[-1].bytes > 0


@pytest.mark.parametrize("cause", WasteCause)
def test_a_check_takes_every_wasted_copy_whatever_wrote_it_and_wherever_it_is(cause: WasteCause) -> None:
    takes_all = [
        check
        for check in CHECKS
        if isinstance(check, WasteCheck) and cause in check.causes and not check.only_copied and check.fits_path is None
    ]
    assert len(takes_all) == 1  # and what follows it in the table would never take one


def test_the_code_of_a_check_is_its_own() -> None:
    assert len({check.code for check in CHECKS}) == len(CHECKS)
