"""Turns: made ready side by side, done one after another, and nobody waits for ever."""

import threading
import time

from tongguan.intake.turns import WAIT_SECONDS_MAX, Turns


def test_turn__later_one__waits_for_the_earlier_to_be_over() -> None:
    turns = Turns()
    first, second = turns.next(), turns.next()
    done: list[str] = []

    def work() -> None:
        with second:
            done.append("second")

    waiting = threading.Thread(target=work)
    waiting.start()
    with first:
        time.sleep(WAIT_SECONDS_MAX / 4)
        done.append("first")
    waiting.join()
    assert done == ["first", "second"]


def test_turn__not_used__is_over_when_said() -> None:
    turns = Turns()
    first, second = turns.next(), turns.next()
    first.over()
    started = time.monotonic()
    with second:
        assert time.monotonic() - started < WAIT_SECONDS_MAX / 2


def test_turn__of_one_that_is_stuck__comes_all_the_same() -> None:
    turns = Turns()
    turns.next()
    started = time.monotonic()
    with turns.next():
        assert WAIT_SECONDS_MAX <= time.monotonic() - started < WAIT_SECONDS_MAX * 10


def test_turn__taken_again_by_the_same__waits_for_nobody() -> None:
    turns = Turns()
    first, second = turns.next(), turns.next()
    with first:
        pass
    with second:
        started = time.monotonic()
        with first:
            assert time.monotonic() - started < WAIT_SECONDS_MAX / 2
