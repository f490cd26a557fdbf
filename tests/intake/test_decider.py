"""The process that decides: as good as deciding here, gone with us, begun again when it is gone."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from tests.builders.authorities import START, deployment, opened_pair
from tests.intake.asking import LEGS, an_application
from tongguan.adapters.deployment import Deployment, open_authority
from tongguan.app.authorities import Authority
from tongguan.app.journeys import book_journeys
from tongguan.core.credentials.ticket import Ticket
from tongguan.core.identifiers import JourneyId
from tongguan.intake.decider import Decider, DeciderError, begun
from tongguan.intake.deciding import Asked, Deciding
from tongguan.intake.requests import Wish
from tongguan.intake.responses import Response

WISH = Wish(legs=LEGS)
ENGLISH = [(b"accept", b"*/*"), (b"accept-language", b"en")]


@contextmanager
def opened(where: Deployment) -> Iterator[Authority]:
    with open_authority(where, durability_required=False) as authority:
        yield authority


@contextmanager
def broken() -> Iterator[Authority]:
    raise RuntimeError("on purpose")
    yield  # type: ignore[unreachable]


@pytest.fixture
def here(
    new_database_url: Callable[[], str], tmp_path: Path
) -> Iterator[tuple[Authority, Deployment]]:
    urls = [new_database_url(), new_database_url()]
    with opened_pair(iter(urls).__next__, tmp_path) as pair:
        pair.set_time(START - timedelta(minutes=1))
        pair.activate()
        pair.set_time(START)
        yield pair.hk, deployment("HK", urls[0], tmp_path / "HK")


def group_of(authority: Authority, number: int) -> list[Asked]:
    """Parties that may book, and at the end one that asks again for what the first has."""
    tickets = [
        Ticket(journey=JourneyId(str(uuid4())), application=an_application(authority))
        for _ in range(number)
    ]
    return [Asked(each, WISH, ENGLISH) for each in tickets]


def decided(decider: Decider, *groups: Sequence[Asked], lane: int = 0) -> list[Sequence[Response]]:
    """Each group after the other in one lane."""

    async def run() -> list[Sequence[Response]]:
        return [await decider.lanes[lane](each) for each in groups]

    return asyncio.run(run())


def said(responses: Sequence[Response]) -> list[tuple[object, ...]]:
    return [(each.start["status"], each.start["headers"], each.body["body"]) for each in responses]


def test_decider__answers__what_deciding_here_answers(here: tuple[Authority, Deployment]) -> None:
    authority, where = here
    group = group_of(authority, 3)
    stranger = Ticket(journey=JourneyId(str(uuid4())), application=group[0].ticket.application)
    asked = [*group, Asked(stranger, WISH, ENGLISH), Asked(stranger, WISH, ())]
    with begun(partial(opened, where)) as decider:
        (there,) = decided(decider, asked)
        (asked_twice,) = decided(decider, asked, lane=1)
    here_too = Deciding(authority=authority, book=book_journeys).responses(asked)
    assert [each.start["status"] for each in there] == [200] * 5
    assert said(asked_twice) == said(here_too)
    assert b'"taken": true' in there[0].body["body"]
    assert b'"taken": false' in there[3].body["body"]
    assert there[3].body["body"] != there[4].body["body"]  # in the language of each


def test_decider__lanes_at_once__are_exact(here: tuple[Authority, Deployment]) -> None:
    authority, where = here
    groups = [group_of(authority, 6) for _ in range(4)]

    async def run(decider: Decider) -> list[Response]:
        async def of_lane(number: int) -> list[Response]:
            return [
                response
                for group in groups[number::2]
                for response in await decider.lanes[number](group)
            ]

        first, second = await asyncio.gather(of_lane(0), of_lane(1))
        return [*first, *second]

    with begun(partial(opened, where)) as decider:
        answers = asyncio.run(run(decider))
    assert [each.start["status"] for each in answers] == [200] * 24
    with authority.database.transaction() as transaction:
        assert transaction.ledger.windows_exceeded() == ()
        for each in (asked for group in groups for asked in group):
            (journey,) = transaction.ledger.journeys_of(each.ticket.application)
            assert journey.id == each.ticket.journey


def test_decider__killed__is_begun_again_and_nothing_is_lost(
    here: tuple[Authority, Deployment],
) -> None:
    authority, where = here
    group = group_of(authority, 2)
    with begun(partial(opened, where)) as decider:
        (kept,) = decided(decider, group[:1])
        assert decider.process_id is not None
        os.kill(decider.process_id, signal.SIGKILL)
        (gone,) = decided(decider, group)
        assert [each.start["status"] for each in gone] == [503, 503]
        assert (b"retry-after", b"5") in gone[0].start["headers"]
        (again,) = decided(decider, group, lane=1)
    assert [each.start["status"] for each in again] == [200, 200]
    assert again[0].body["body"].replace(b'"replayed": true', b"") == kept[0].body["body"].replace(
        b'"replayed": false', b""
    )


def test_decider__killed_with_groups_in_both_lanes__is_told_to_both(
    here: tuple[Authority, Deployment],
) -> None:
    authority, where = here
    groups = [group_of(authority, 2) for _ in range(2)]

    async def run(decider: Decider) -> list[Sequence[Response]]:
        assert decider.process_id is not None
        os.kill(decider.process_id, signal.SIGSTOP)
        both = asyncio.gather(
            *[lane(group) for lane, group in zip(decider.lanes, groups, strict=True)]
        )
        await asyncio.sleep(0.05)
        os.kill(decider.process_id, signal.SIGKILL)
        answers = list(await both)
        again = [lane(group) for lane, group in zip(decider.lanes, groups, strict=True)]
        return [*answers, *await asyncio.gather(*again)]

    with begun(partial(opened, where)) as decider:
        answers = asyncio.run(run(decider))
    statuses = [{each.start["status"] for each in responses} for responses in answers]
    assert statuses == [{503}, {503}, {200}, {200}]


def test_decider__that_cannot_open_the_authority__does_not_begin(
    capfd: pytest.CaptureFixture[str],
) -> None:
    decider = Decider(broken)
    with pytest.raises(DeciderError):
        decider.begin()
    assert decider.process_id is None
    assert "on purpose" in capfd.readouterr().err
