"""Digests: parsed at the door, and chained as the specification says."""

from __future__ import annotations

import hashlib

import pytest

from ocianalyze.errors import DocumentError
from ocianalyze.model.digest import ChainID, DiffID, Digest, chain_ids

ONE = "sha256:" + "1" * 64


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        "sha512:" + "a" * 128,
        "blake3:" + "0" * 64,
        "md5:abc",
        "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8",
    ],
)
def test_a_digest_is_kept_as_it_is_written(text: str) -> None:
    digest = Digest.parse(text)
    assert digest == text
    assert f"{digest.algorithm}:{digest.encoded}" == text
    assert digest.short == digest.encoded[:12]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sha256",
        "sha256:",
        ":abc",
        "sha256:" + "1" * 63,
        "sha256:" + "1" * 65,
        "sha256:" + "A" * 64,
        "SHA256:" + "1" * 64,
        "sha256:../../etc/passwd",
        "sha256:" + "1" * 64 + "\n",
        " " + ONE,
        "sha256:" + "\u0661" * 64,
        "a:b/c",
    ],
)
def test_what_is_no_digest_is_refused(text: str) -> None:
    with pytest.raises(DocumentError) as caught:
        Digest.parse(text)
    assert len(str(caught.value)) < 200
    assert caught.value.hint


def test_a_complaint_about_a_digest_is_short_however_long_that_is() -> None:
    with pytest.raises(DocumentError) as caught:
        Digest.parse("x" * 10**6)
    assert len(str(caught.value)) < 200


def test_the_digest_of_bytes() -> None:
    assert Digest.of(b"abc") == "sha256:" + hashlib.sha256(b"abc").hexdigest()
    assert Digest.of(b"abc", "sha512").encoded == hashlib.sha512(b"abc").hexdigest()


def test_chain_ids() -> None:
    """The example of image-spec, config.md, Layer ChainID: the first is the diff ID, then digests of pairs."""
    diff_ids = [DiffID.of(bytes([number])) for number in range(3)]
    first, second, third = chain_ids(diff_ids)
    assert str(first) == str(diff_ids[0])
    assert second == ChainID.of(f"{diff_ids[0]} {diff_ids[1]}".encode())
    assert third == ChainID.of(f"{second} {diff_ids[2]}".encode())
    assert chain_ids([]) == ()
