"""Reading in a process of its own, with bounds."""

from dataclasses import replace

import pytest

from tests.builders.sources import GIVEN, POST
from tongguan.adapters.sources.apart import Bounds, read_apart
from tongguan.adapters.sources.reading import read_source
from tongguan.adapters.sources.refusals import SourceRefusal, SourceRefusedError

COSTLY = b"<html><p " + b" ".join(b"a%d=1" % number for number in range(300_000)) + b">"
"""Small, flat, and slow for a parser that looks for attributes written twice."""


def test_reading_apart__gives__the_same_reading() -> None:
    assert read_apart(POST.encode(), GIVEN) == read_source(POST.encode(), GIVEN)


def test_reading_apart__gives__the_same_refusal() -> None:
    with pytest.raises(SourceRefusedError) as refused:
        read_apart(b"---\ntitle: a\ndate: never\n---\n", GIVEN)
    assert refused.value.code is SourceRefusal.DATE_UNREADABLE
    assert refused.value.facts == {"written": "never"}


@pytest.mark.parametrize(
    "bounds", [Bounds(cpu_seconds=1), Bounds(wall_seconds=1)], ids=["cpu", "wall"]
)
def test_reading_apart__beyond_its_time__is_refused(bounds: Bounds) -> None:
    with pytest.raises(SourceRefusedError) as refused:
        read_apart(COSTLY, GIVEN, bounds)
    assert refused.value.code is SourceRefusal.TOO_COSTLY


def test_reading_apart__that_fails_itself__is_our_own_fault() -> None:
    with pytest.raises(RuntimeError):
        read_apart(b"---\ntitle: a\ndate: 2031-01-01\n---\n", replace(GIVEN, zone="No/Such"))
