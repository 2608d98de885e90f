"""Work beside a stream: every piece, in order, and the first fault."""

from __future__ import annotations

import threading

import pytest

from ocianalyze.errors import CorruptLayerError
from ocianalyze.layers.threads import Turn, beside


def test_a_thread_gets_every_piece_in_order() -> None:
    got: list[bytes] = []
    with beside(got.append) as put:
        for number in range(100):
            put(bytes([number]))
    assert got == [bytes([number]) for number in range(100)]


def test_a_turn_gives_every_piece_in_order() -> None:
    got: list[bytes] = []
    with Turn(got.append, 8) as turn:
        for number in range(100):
            turn.put(bytes([number]))
    assert got == [bytes([number]) for number in range(100)]


def test_a_stream_goes_on_while_another_has_its_turn_and_not_for_long() -> None:
    working, may_end = threading.Event(), threading.Event()

    def work(_: bytes) -> None:
        working.set()
        assert may_end.wait(20)

    def run() -> None:
        with Turn(work, 8) as turn:
            turn.put(b"x")

    other = threading.Thread(target=run)
    other.start()
    assert working.wait(20)
    got: list[bytes] = []
    taken: list[int] = []

    def go_on() -> None:
        with Turn(got.append, 8) as turn:
            for number in range(50):
                turn.put(bytes([number]))
                taken.append(number)

    stream = threading.Thread(target=go_on)
    stream.start()
    while len(taken) < 7:
        assert stream.is_alive()
    assert got == []
    stream.join(0.05)
    assert stream.is_alive(), "it must wait, or memory is not bounded"
    may_end.set()
    stream.join(20)
    other.join(20)
    assert got == [bytes([number]) for number in range(50)]


def test_a_fault_in_what_waits_comes_before_a_later_one_of_the_stream() -> None:
    def work(_: bytes) -> None:
        raise CorruptLayerError("first")

    def stream() -> None:
        with Turn(work, 8) as turn:
            turn._waiting.append(b"x")  # as if another stream had its turn
            raise CorruptLayerError("second")

    with pytest.raises(CorruptLayerError, match="first"):
        stream()


def test_no_piece_is_worked_on_twice_after_a_fault() -> None:
    got: list[bytes] = []

    def work(piece: bytes) -> None:
        got.append(piece)
        raise CorruptLayerError("bad")

    with pytest.raises(CorruptLayerError, match="bad"), Turn(work, 8) as turn:
        turn.put(b"x")
    assert got == [b"x"]


def test_nothing_is_worked_on_once_the_user_has_left() -> None:
    got: list[bytes] = []

    def stream() -> None:
        with Turn(got.append, 8) as turn:
            turn._waiting.append(b"x")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stream()
    assert got == []
