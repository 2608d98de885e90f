"""What `verify` finds in a config and in names: an error where umoci or skopeo refuse it, else a warning."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.api.verify import verify_file
from ocianalyze.loading.config_conformance import is_time
from ocianalyze.model.reference import is_ref_name, parse_reference
from tests.archive_builders import Files, Layout, docker_files, named, oci_files, pack, spread
from tests.tar_builders import layer_tar

LAYER = layer_tar(("f", b""))


def found(tmp_path: Path, files: Files) -> list[tuple[str, str]]:
    path = tmp_path / "image.tar"
    path.write_bytes(pack(files))
    return [(one.level.value, one.code) for one in verify_file(str(path)).findings]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a date in words": ({"created": "yesterday"}, "created"),
    "no text as a date": ({"created": ""}, "created"),
    "a day without a time": ({"created": "2024-01-01"}, "created"),
    "a day that is none": ({"created": "2023-02-29T00:00:00Z"}, "created"),
    "a step's date in words": ({"history": [{"created": "then"}]}, "created"),
    "a variable without a value": ({"config": {"Env": ["A=1", "PATH"]}}, "env"),
    "a variable without a name": ({"config": {"Env": ["=1"]}}, "env"),
    "null for a variable": ({"config": {"Env": [None]}}, "env"),
    "a user beyond all numbers": ({"config": {"User": "2147483648"}}, "user"),
    "a user below zero": ({"config": {"User": "-1"}}, "user"),
    "a group beyond all numbers": ({"config": {"User": "0:99999999999999999999999999"}}, "user"),
    "a command as a text": ({"config": {"Cmd": "sh"}}, "command"),
    "an entry point as a text": ({"config": {"Entrypoint": "sh"}}, "command"),
    "a port with a text": ({"config": {"ExposedPorts": {"80/tcp": "web"}}}, "port"),
    "a volume with a list": ({"config": {"Volumes": {"/data": []}}}, "directory"),
}
ODD: dict[str, tuple[dict[str, Any], str]] = {
    "a port above all": ({"config": {"ExposedPorts": {"65536/tcp": {}}}}, "port"),
    "port zero": ({"config": {"ExposedPorts": {"0": {}}}}, "port"),
    "a port by its name": ({"config": {"ExposedPorts": {"http": {}}}}, "port"),
    "a port of no protocol": ({"config": {"ExposedPorts": {"80/ip": {}}}}, "port"),
    "a range of ports from above": ({"config": {"ExposedPorts": {"90-80/tcp": {}}}}, "port"),
    "a signal of no system": ({"config": {"StopSignal": "SIGSTOPP"}}, "signal"),
    "signal 65": ({"config": {"StopSignal": "65"}}, "signal"),
    "signal 0": ({"config": {"StopSignal": "0"}}, "signal"),
    "a relative working directory": ({"config": {"WorkingDir": "srv/app"}}, "directory"),
    "a relative volume": ({"config": {"Volumes": {"data": {}}}}, "directory"),
}
FINE: dict[str, dict[str, Any]] = {
    "dates": {"created": "2024-02-29T23:59:59.123456789+05:30", "history": [{"created": "0001-01-01T00:00:00Z"}]},
    "no date": {"created": None},
    "variables": {"config": {"Env": ["A=", "B=1=2", "C C=x"]}},
    "a user": {"config": {"User": "2147483647:0"}},
    "ports": {"config": {"ExposedPorts": {"1": {}, "65535/udp": {}, "80-90/tcp": {}, "5/sctp": None}}},
    "volumes": {"config": {"Volumes": {"/data": {}, "C:\\data": None}}},
    "a signal": {"config": {"StopSignal": "SIGRTMIN+3"}},
    "a signal without SIG": {"config": {"StopSignal": "quit"}},
    "a signal by number": {"config": {"StopSignal": "9"}},
    "a working directory of Windows": {"config": {"WorkingDir": "C:\\app"}},
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_runtime_refuses_is_an_error(tmp_path: Path, case: str) -> None:
    more, code = REFUSED[case]
    assert found(tmp_path, oci_files(LAYER, **more)) == [("error", code)]


@pytest.mark.parametrize("case", ODD)
def test_what_a_runtime_reads_and_no_container_can_use_is_a_warning(tmp_path: Path, case: str) -> None:
    more, code = ODD[case]
    assert found(tmp_path, oci_files(LAYER, **more)) == [("warning", code)]


@pytest.mark.parametrize("case", FINE)
def test_what_is_allowed_is_not_found(tmp_path: Path, case: str) -> None:
    assert found(tmp_path, oci_files(LAYER, **FINE[case])) == []


@pytest.mark.skipif(not shutil.which("umoci"), reason="umoci is not installed")
@pytest.mark.parametrize("case", [*REFUSED, *ODD, *FINE])
def test_umoci_and_we_agree(tmp_path: Path, case: str) -> None:
    more = {**REFUSED, **ODD}[case][0] if case not in FINE else FINE[case]
    tar = layer_tar(("etc/passwd", b"nobody:x:65534:65534::/:/bin/false\n"), ("etc/group", b"nogroup:x:65534:\n"))
    layout = spread(oci_files(tar, **more), tmp_path / "layout")
    command = ["umoci", "unpack", "--rootless", "--image", f"{layout}:latest", str(tmp_path / "bundle")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == (case in REFUSED), done.stderr


TIMES = {
    "2024-01-01T00:00:00Z": True,
    "2024-01-01T3:00:00,5Z": True,
    "0000-12-31T00:00:00-00:00": True,
    "2024-13-01T00:00:00Z": False,
    "2024-00-01T00:00:00Z": False,
    "2024-04-31T00:00:00Z": False,
    "2024-01-00T00:00:00Z": False,
    "2024-01-01T24:00:00Z": False,
    "2024-01-01T23:59:60Z": False,
    "2024-01-01t00:00:00z": False,
    "2024-01-01 00:00:00Z": False,
    "12024-01-01T00:00:00Z": False,
    "2024-01-01T00:00:00": False,
    "2024-01-01T00:00:00Z\n": False,
    "٢٠٢٤-01-01T00:00:00Z": False,
}


@pytest.mark.parametrize("text", TIMES)
def test_a_time_is_what_go_reads_as_one(text: str) -> None:
    assert is_time(text) is TIMES[text]


@pytest.mark.parametrize(
    "tag", ["Example:1", "a b:1", "web", "web:", ":1", "", "-a:1", "a:1@sha256:" + "0" * 64, "ä:1"]
)
def test_a_tag_that_is_none_is_an_error(tmp_path: Path, tag: str) -> None:
    assert found(tmp_path, docker_files(LAYER, tags=["fine:1", tag])) == [("error", "name")]


@pytest.mark.parametrize("name", ["a b", "-x", "a..b", ".x", "a\nb", "ä", "a/", "x" * 600])
def test_a_reference_name_that_is_none_is_an_error(tmp_path: Path, name: str) -> None:
    layout = Layout()
    assert found(tmp_path, layout.files(named(layout.image(LAYER), name))) == [("error", "name")]


def test_names_that_are_some() -> None:
    for name in ("latest", "1.0", "a/b:c@d+e", "registry.example:5000/Team/app_1:v2", "a--b", "sha256:" + "0" * 64):
        assert is_ref_name(name)
    for name in ("example:1", "localhost:5000/a__b/c:V_1.2-x", "[::1]:80/a:1", "a"):
        assert parse_reference(name)
    assert not parse_reference("a:" + "x" * 129)
    assert not parse_reference("a" * 256 + ":1")


@pytest.mark.parametrize("rootfs", [None, {"diff_ids": []}, {"type": "files", "diff_ids": []}])
def test_an_image_without_layers_has_a_rootfs_all_the_same(tmp_path: Path, rootfs: dict[str, Any] | None) -> None:
    assert found(tmp_path, oci_files(rootfs=rootfs)) == [("error", "config")]
    assert found(tmp_path, oci_files()) == []


def test_a_flood_of_findings_is_counted(tmp_path: Path) -> None:
    codes = found(tmp_path, oci_files(LAYER, config={"Env": [f"V{number}" for number in range(5000)]}))
    assert len(codes) == 51


def test_every_message_quotes_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    for more, _ in (*REFUSED.values(), *ODD.values()):
        path.write_bytes(pack(oci_files(LAYER, **more)))
        [finding] = verify_file(str(path)).findings
        assert re.search(r"'.*'|\d|Cmd|Entrypoint", finding.message)
