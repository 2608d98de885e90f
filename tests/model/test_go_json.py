"""JSON read as Go reads it: the values here are those that umoci and skopeo print of the same documents."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.errors import DocumentError
from ocianalyze.model import go_json
from ocianalyze.model.documents import DockerImage, ImageConfig, Index, Manifest, Runtime, decode
from ocianalyze.model.finding import Level
from ocianalyze.model.notices import Notices
from tests import archive_builders as archives
from tests.archive_builders import OCI_CONFIG, OCI_MANIFEST, Layout, spread, to_json
from tests.tar_builders import layer_tar

DIGEST = "sha256:" + "0" * 64
CONFIG = b'{"digest":"' + DIGEST.encode() + b'","size":1}'


def read(data: bytes, kind: Any = ImageConfig) -> tuple[Any, list[str]]:
    """The document, and the codes of what is odd about it."""
    notices = Notices()
    document = decode(data, kind, "config", notices)
    return document, [one.code for one in notices.freeze()]


def test_null_is_the_empty_list_or_map() -> None:
    assert read(b'{"manifests":null}', Index) == (Index(manifests=[]), [])
    manifest, odd = read(b'{"config":' + CONFIG + b',"layers":null,"annotations":null}', Manifest)
    assert (manifest.layers, manifest.annotations, odd) == ([], None, [])
    assert read(b"null", list[DockerImage]) == ([], [])
    config, odd = read(b'{"config":{"Env":null,"Labels":null},"rootfs":{"diff_ids":null},"history":null}')
    assert (config.runtime, config.diff_ids, config.history, odd) == (Runtime(), (), None, [])


def test_null_in_a_list_or_map_of_texts_is_an_empty_text() -> None:
    assert read(b'{"config":{"Env":["A=1",null]}}')[0].runtime.env == ["A=1", ""]
    index = b'{"manifests":[{"digest":"' + DIGEST.encode() + b'","size":1,"annotations":{"a":null}}]}'
    assert read(index, Index)[0].manifests[0].annotations == {"a": ""}


def test_null_where_a_number_or_an_object_must_be_is_refused() -> None:
    for data, where in ((CONFIG.replace(b"1}", b"null}"), "config.config.size"), (b"null", "config.config")):
        with pytest.raises(DocumentError) as caught:
            read(b'{"config":' + data + b',"layers":[]}', Manifest)
        assert caught.value.where == where
    with pytest.raises(DocumentError):
        read(b"null", Manifest)


def test_of_a_key_that_stands_twice_objects_are_merged_and_all_else_is_replaced() -> None:
    config, odd = read(
        b'{"author":"x","config":{"Env":["A=1"],"Cmd":["a","b"],"Labels":{"k":"1"}},'
        b'"author":"y","config":{"Cmd":["c"],"Labels":{"l":"2"}}}'
    )
    assert config.author == "y"
    assert (config.runtime.env, config.runtime.cmd) == (["A=1"], ["c"])
    assert config.runtime.labels == {"k": "1", "l": "2"}
    assert odd == ["duplicate-key"]


def test_the_items_of_a_list_that_stands_twice_are_merged_one_by_one() -> None:
    config, _ = read(b'{"history":[{"author":"x"},{"author":"y"}],"history":[{"comment":"c"}]}')
    assert [(step.author, step.comment) for step in config.history] == [("x", "c")]


def test_null_behind_a_value_takes_lists_and_maps_away_and_leaves_all_else() -> None:
    config, _ = read(b'{"author":"x","author":null,"config":{"Env":["A=1"],"Cmd":["a"],"Cmd":null},"config":null}')
    assert (config.author, config.runtime.env, config.runtime.cmd) == ("x", ["A=1"], None)


def test_keys_are_read_in_any_case() -> None:
    config, odd = read(b'{"CONFIG":{"ENV":["A=1"]},"Author":"y"}')
    assert (config.author, config.runtime.env) == ("y", ["A=1"])
    assert odd == ["key-spelling"] * 3
    assert read(b'[{"config":"c","repoTags":["a:1"]}]', list[DockerImage])[1] == []


def test_text_that_is_not_unicode_has_replacement_characters() -> None:
    config, odd = read(b'{"author":"J\xfcrgen"}')
    assert (config.author, odd) == ("J\ufffdrgen", ["not-utf-8"])
    config, odd = read(b'{"author":"a\\ud800b","config":{"Labels":{"\\udfff":"\\ud83d\\ude00"}}}')
    assert (config.author, config.runtime.labels) == ("a\ufffdb", {"\ufffd": "\U0001f600"})
    assert odd == ["lone-surrogate"] * 2


def test_a_byte_order_mark_is_an_error_that_is_read_past() -> None:
    notices = Notices()
    assert go_json.parse(b"\xef\xbb\xbf{}", "config", notices) == {}
    [notice] = notices.freeze()
    assert (notice.code, notice.level) == ("byte-order-mark", Level.ERROR)


@pytest.mark.parametrize(
    "data", [b"NaN", b"[Infinity]", b'{"a":-Infinity}', b"{} {}", b'"a\tb"', b"\xff", b"1" * 99_999]
)
def test_what_go_refuses_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError):
        go_json.parse(data, "config")


def test_a_flood_of_oddities_is_counted() -> None:
    pairs = b",".join(b'{"a":1,"a":2}' for _ in range(1000))
    notices = Notices()
    go_json.parse(b"[" + pairs + b"]", "config", notices)
    assert len(notices.freeze()) < 100


ODD: dict[str, bytes] = {
    "plain": b'"author":"a","config":{"Env":["A=1"],"Cmd":["x"],"Labels":{"k":"v"}}',
    "null": b'"author":null,"config":{"Env":null,"Cmd":null,"Labels":{"k":null}}',
    "null for an object": b'"author":"a","config":null',
    "twice": b'"author":"a","author":"b","config":{"Env":["A=1"]},"config":{"Cmd":["x"],"Labels":{"k":"v"}}',
    "lists twice": b'"config":{"Env":["A=1","B=2"],"Env":["C=3"],"Cmd":["x"],"Cmd":["y","z"]}',
    "maps twice": b'"config":{"Labels":{"k":"1","l":"2"},"Labels":{"l":"3","m":"4"}}',
    "null behind a value": b'"author":"a","author":null,"config":{"Env":["A=1"],"Env":null,"Cmd":["x"]},"config":null',
    "null in a list": b'"config":{"Env":["A=1",null]}',
    "null in a list that was read before": b'"config":{"Env":["A=1","B=2"],"Env":["C=3",null]}',
    "any case": b'"AUTHOR":"a","Config":{"ENV":["A=1"],"cmd":["x"],"labels":{"k":"v","K":"w"}}',
    "any case twice": b'"author":"a","Author":"b","config":{"Env":["A=1"],"env":["B=2"]}',
    "a long s and the sign of Kelvin": '"config":{"Label\u017f":{"\u212a":"v"}}'.encode(),
    "Latin-1": b'"author":"J\xfcrgen","config":{"Env":["A=\xff\xfe"]}',
    "UTF-8 that is cut off": b'"author":"a\xe2\x82b\xf0\x9f\x98","config":{"Env":["A=\xed\xa0\x80\xc0\x80"]}',
    "half a surrogate pair": b'"author":"a\\ud800b\\udc00","config":{"Cmd":["\\ud83d\\ude00"]}',
    "other keys": b'"authors":"a","later":{"author":"b"},"config":{"Later":[1,{"Env":["A=1"]}]}',
}


@pytest.mark.skipif(not shutil.which("skopeo"), reason="skopeo is not installed")
@pytest.mark.parametrize("case", ODD)
def test_skopeo_reads_the_same_values(tmp_path: Path, case: str) -> None:
    layout = Layout()
    tar = layer_tar(("f", b""))
    settings = to_json(archives.config([tar])).replace(b"{", b"{" + ODD[case] + b",", 1)
    data = layout.manifest(layout.blob(settings, OCI_CONFIG), [layout.layer(tar)])
    root = spread(layout.files(layout.blob(data, OCI_MANIFEST)), tmp_path / "layout")
    told = subprocess.run(["skopeo", "inspect", "--config", f"oci:{root}"], capture_output=True, check=True).stdout
    theirs = json.loads(told)
    ours = read(settings)[0]
    runtime = ours.runtime or Runtime()
    assert (ours.author or "") == theirs.get("author", "")
    assert (runtime.env or []) == theirs["config"].get("Env", [])
    assert (runtime.cmd or []) == theirs["config"].get("Cmd", [])
    assert {key: value or "" for key, value in (runtime.labels or {}).items()} == theirs["config"].get("Labels", {})
