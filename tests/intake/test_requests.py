"""Bodies of requests: read strictly, and what is alike is read once."""

import json
from typing import Any

import pytest

from tests.intake.asking import LEGS
from tongguan.adapters.problems import ProblemCode
from tongguan.intake.asking import booking_body
from tongguan.intake.requests import _REMEMBERED_BYTES_MAX, RequestReader, UnreadableError

ONE = "0a.0b.1.0c"
TWO = "9a.9b.2.9c"
LEG = {"direction": "HK-GD", "day": "2021-12-14", "slot": "morning", "control_point": "SZB"}


def body(ticket: Any = ONE, legs: Any = (LEG,), **more: Any) -> bytes:
    return json.dumps({"ticket": ticket, "legs": legs} | more).encode()


def refused(sent: bytes) -> UnreadableError:
    with pytest.raises(UnreadableError) as raised:
        RequestReader().read(sent)
    return raised.value


def test_request__read__gives_ticket_and_legs() -> None:
    ticket, wish = RequestReader().read(booking_body(ONE, LEGS))
    assert (ticket, wish.legs) == (ONE, LEGS)


def test_requests_alike__share__one_wish() -> None:
    reader = RequestReader()
    first, again, other = (
        reader.read(booking_body(ticket, legs))
        for ticket, legs in ((ONE, LEGS), (TWO, LEGS), (TWO, LEGS[:1]))
    )
    assert (first[0], again[0], other[0]) == (ONE, TWO, TWO)
    assert first[1] is again[1]
    assert other[1].legs == LEGS[:1]


def test_requests__written_otherwise__share_the_wish_of_the_same_legs() -> None:
    reader = RequestReader()
    first = reader.read(booking_body(ONE, LEGS))[1]
    turned = json.loads(booking_body(TWO, LEGS))
    written = json.dumps({"legs": turned["legs"], "ticket": TWO}, separators=(",", ":"))
    ticket, wish = reader.read(written.encode())
    assert (ticket, wish) == (TWO, first)
    assert reader.read(written.replace(TWO, ONE).encode()) == (ONE, first)


def test_requests__remembered__are_those_of_an_ordinary_length() -> None:
    """Whoever fills up a body with spaces fills no memory."""
    reader = RequestReader()
    for sent, remembered in ((body() + b" " * _REMEMBERED_BYTES_MAX, 0), (body(), 1)):
        reader.read(sent)
        assert len(reader._around) == remembered


@pytest.mark.parametrize(
    "sent",
    [
        b'{"legs": [], "ticket": "0a"',
        b'{"ticket": "0a"} {"ticket": "0a"}',
        b'{"ticket": "0a", "ticket": "0b"}',
        b'{"ticket": NaN}',
        b'\xff{"ticket": "0a"}',
        b"[" * 50_000,
    ],
)
def test_request__not_json__is_refused(sent: bytes) -> None:
    assert refused(sent).code is ProblemCode.BODY_NOT_JSON


def test_request__empty__is_refused() -> None:
    assert refused(b"").code is ProblemCode.BODY_EMPTY


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        (b"[]", ""),
        (b'{"ticket": "0a"}', "/legs"),
        (body(ticket=7), "/ticket"),
        (body(legs=[]), "/legs"),
        (body(legs=[LEG] * 9), "/legs"),
        (body(legs=[LEG | {"day": "2021-13-40"}]), "/legs/0/day"),
        (body(legs=[LEG | {"day": "1639440000"}]), "/legs/0/day"),
        (body(legs=[LEG | {"more": 1}]), "/legs/0/more"),
        (body(legs=[LEG | {"ticket": "0a"}]), "/legs/0/ticket"),
        (body(more=1), "/more"),
    ],
)
def test_request__wrong_in_one_place__names_it(sent: bytes, path: str) -> None:
    error = refused(sent)
    assert error.code is ProblemCode.REQUEST_INVALID
    assert [each.path for each in error.faults] == [path]


def test_request__ticket_elsewhere_in_the_text__is_not_taken_for_the_ticket() -> None:
    reader = RequestReader()
    for _ in range(2):
        with pytest.raises(UnreadableError):
            reader.read(body(legs=[LEG | {"slot": '"ticket": "0a"'}]))
        assert reader.read(body(ticket='x"ticket": "0a"'))[0] == 'x"ticket": "0a"'
        assert reader.read(body(ticket="預約"))[0] == "預約"
