"""Settings and steps of two images, one difference at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ocianalyze.analysis.compare.configdiff import compare_configs, compare_histories
from ocianalyze.model.documents import Healthcheck, Platform, Runtime
from ocianalyze.model.image import Image
from tests.builders import build_image, file, layer

SECOND = 1_000_000_000
CHECK = Healthcheck(test=["CMD", "true"], interval=30 * SECOND)


def image(**runtime: Any) -> Image:
    return build_image(layer(file("a", 1)), runtime=Runtime(**runtime))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"entrypoint": ["a b"]}, {"entrypoint": ["a", "b"]}, ("entrypoint", "", "'a b'", "a b")),
        ({"cmd": ["sh"]}, {}, ("cmd", "", "sh", None)),
        ({}, {"user": "app"}, ("user", "", None, "app")),
        ({"working_dir": "/"}, {"working_dir": "/srv"}, ("working_dir", "", "/", "/srv")),
        ({}, {"shell": ["bash", "-c"]}, ("shell", "", None, "bash -c")),
        ({"stop_signal": "SIGTERM"}, {}, ("stop_signal", "", "SIGTERM", None)),
        (
            {"healthcheck": CHECK},
            {"healthcheck": Healthcheck(test=["CMD", "true"], interval=10**400)},
            ("healthcheck", "", "--interval=30s CMD true", f"--interval={10**391}s CMD true"),
        ),
        (
            {"healthcheck": CHECK},
            {"healthcheck": Healthcheck(test=["NONE"])},
            ("healthcheck", "", "--interval=30s CMD true", "NONE"),
        ),
        (
            {"healthcheck": CHECK},
            {"healthcheck": Healthcheck(test=["CMD", "true"], interval=30 * SECOND, start_interval=SECOND // 2)},
            ("healthcheck", "", "--interval=30s CMD true", "--interval=30s --start-interval=0.5s CMD true"),
        ),
        ({"env": ["A=1", "B=2"]}, {"env": ["B=2", "A=3=4"]}, ("env", "A", "1", "3=4")),
        ({"env": ["A=1"]}, {"env": ["A=1", "E="]}, ("env", "E", None, "")),
        ({"exposed_ports": {"80/tcp": {}}}, {}, ("port", "80/tcp", "exposed", None)),
        ({}, {"volumes": {"/data": {}}}, ("volume", "/data", None, "volume")),
        ({"labels": {"a": "1"}}, {"labels": {"a": "2"}}, ("label", "a", "1", "2")),
        ({"on_build": ["RUN a"]}, {"on_build": ["RUN b"]}, ("on_build", "0", "RUN a", "RUN b")),
    ],
)
def test_a_setting_that_differs(old: dict[str, Any], new: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert compare_configs(image(**old), image(**new)) == (expected,)
    assert compare_configs(image(**new), image(**old)) == ((*expected[:2], expected[3], expected[2]),)
    assert compare_configs(image(**old), image(**old)) == ()


def test_the_platform_is_a_setting() -> None:
    one = image()
    other = replace(one, platform=Platform(os="linux", architecture="arm64"))
    assert compare_configs(one, other) == (("platform", "", "linux/amd64", "linux/arm64"),)


def test_an_image_without_settings_differs_in_none_from_one_whose_settings_are_empty() -> None:
    bare = build_image(layer(file("a", 1)))
    assert compare_configs(bare, image(env=[], labels={}, cmd=[], user="")) == ()


def test_steps_are_told_in_the_order_in_which_they_were_run() -> None:
    layers = [layer(file(str(number), 1)) for number in range(4)]
    old = build_image(*layers[:3], created_by=["ADD a /", "RUN b", "RUN c"])
    new = build_image(*layers, created_by=["ADD a /", "RUN x", "RUN c", "RUN d"])
    assert compare_histories(old, new) == (("RUN b", False), ("RUN x", True), ("RUN d", True))
