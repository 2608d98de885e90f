"""Documents: what is read, what is refused and how the complaint names the place; history and notices beside."""

from __future__ import annotations

import pytest

from ocianalyze.errors import DocumentError
from ocianalyze.model import go_json
from ocianalyze.model.documents import History, ImageConfig, Index, Manifest, Platform, decode
from ocianalyze.model.history import align
from ocianalyze.model.notices import PER_CODE, Notices

DIGEST = "sha256:" + "0" * 64


def test_a_platform_prints_as_people_write_it() -> None:
    assert str(Platform(os="linux", architecture="arm", variant="v7")) == "linux/arm/v7"
    assert str(Platform(os="linux", architecture="amd64", os_version="1")) == "linux/amd64"
    assert str(Platform()) == "unknown"


def test_a_config_in_full_and_an_empty_one() -> None:
    data = (
        b'{"os":"windows","architecture":"amd64","os.version":"10.0","created":"2024-01-01T00:00:00Z","author":"a",'
        b'"config":{"User":"1000","ExposedPorts":{"80/tcp":{}},"Env":["A=b"],"Entrypoint":["/e"],"Cmd":"old",'
        b'"WorkingDir":"/w","Labels":{"x":"y","z":null},"StopSignal":"9","OnBuild":null,"Shell":["sh"],'
        b'"Healthcheck":{"Test":["CMD","x"],"Interval":30000000000,"StartPeriod":5,"Retries":3}},'
        b'"rootfs":{"type":"layers","diff_ids":["' + DIGEST.encode() + b'"]},"history":[{"empty_layer":true}]}'
    )
    config = decode(data, ImageConfig, "config")
    assert str(config.platform) == "windows/amd64"
    assert config.platform.os_version == "10.0"
    assert config.diff_ids == (DIGEST,)
    assert config.runtime is not None
    assert (config.runtime.user, config.runtime.cmd, config.runtime.labels) == ("1000", "old", {"x": "y", "z": None})
    assert config.runtime.healthcheck is not None
    assert config.runtime.healthcheck.start_period == 5
    empty = decode(b"{}", ImageConfig, "config")
    assert (empty.diff_ids, str(empty.platform), empty.runtime) == ((), "unknown", None)


@pytest.mark.parametrize(
    ("data", "where", "words"),
    [
        (b'{"manifests":[{"digest":"x","size":1}]}', "index.manifests[0].digest", "not a digest"),
        (b'{"manifests":[{"digest":"%s","size":-1}]}', "index.manifests[0].size", ">= 0"),
        (b'{"manifests":[{"digest":"%s","size":1.5}]}', "index.manifests[0].size", "int"),
        (b'{"manifests":[{"digest":null,"size":1}]}', "index.manifests[0].digest", ""),
        (b'{"manifests":[{"size":1}]}', "index.manifests[0]", "digest"),
        (b'{"manifests":{}}', "index.manifests", "array"),
        (b"{}", "index", "manifests"),
        (b"[]", "index", "object"),
        (b"{", "index", "not valid JSON"),
        (b"\xff", "index", "not UTF-8 text at byte 0"),
        (b"[" * 200_000 + b"]" * 200_000, "index", "nested too deeply"),
    ],
)
def test_complaints_name_the_place(data: bytes, where: str, words: str) -> None:
    with pytest.raises(DocumentError) as caught:
        decode(data.replace(b"%s", DIGEST.encode()), Index, "index")
    assert caught.value.where == where
    assert words in caught.value.message
    assert "`" not in str(caught.value)
    assert caught.value.hint


def test_a_manifest_needs_a_config_and_layers() -> None:
    for data in (b'{"layers":[]}', b'{"config":{"digest":"' + DIGEST.encode() + b'","size":1}}'):
        with pytest.raises(DocumentError):
            decode(data, Manifest, "manifest")


def test_a_byte_order_mark_and_white_space_are_fine() -> None:
    assert go_json.parse(b"\xef\xbb\xbf \n{} ", "x") == {}


def step(name: str, *, empty: bool = False) -> History:
    return History(created_by=name, empty_layer=empty or None)


def test_history_goes_to_layers_from_the_bottom() -> None:
    steps, notices = align([step("a"), step("env", empty=True), step("b")], 2)
    assert [one.layer for one in steps] == [0, None, 1]
    assert notices == ()
    steps, notices = align([step("a"), step("b"), step("c")], 1)
    assert [one.layer for one in steps] == [0, None, None]
    assert [notice.code for notice in notices] == ["history-mismatch"]
    steps, notices = align([step("env", empty=True)], 2)
    assert [one.layer for one in steps] == [None, 0, 1]
    assert "0 steps with a layer, and the image 2 layers" in notices[0].message
    assert align([], 0) == ((), ())
    assert align([], 2)[1] == ()


def test_notices_past_a_number_are_counted() -> None:
    notices = Notices()
    for number in range(PER_CODE + 2):
        notices.add("many", str(number), path="p")
    notices.add("few", "one", layer=3)
    frozen = notices.freeze()
    assert len(frozen) == PER_CODE + 2
    assert (frozen[PER_CODE].code, frozen[PER_CODE].layer) == ("few", 3)
    assert frozen[-1].message == "2 more of this kind are not listed"
    assert Notices().freeze() == ()
