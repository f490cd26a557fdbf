"""Groups: whoever arrives while one is decided is in the next; nobody is forgotten."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from tests.intake.asking import LEGS
from tongguan.core.credentials.ticket import Ticket
from tongguan.core.identifiers import ApplicationId, JourneyId
from tongguan.intake.deciding import Asked
from tongguan.intake.groups import AHEAD_MIN, OF_ONE_MAX, Groups
from tongguan.intake.requests import Wish
from tongguan.intake.responses import Response, json_response

WISH = Wish(legs=LEGS)


def asked(number: int, application: str = "") -> Asked:
    applicant = ApplicationId(application or str(number))
    ticket = Ticket(journey=JourneyId(str(number)), application=applicant)
    return Asked(ticket, WISH, ())


class Decider:
    """Answers each with its number; waits before the commit until it is let on."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.begun = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, group: Sequence[Asked]) -> Sequence[Response]:
        self.groups.append([each.ticket.journey for each in group])
        self.begun.set()
        self.go_on.wait(5)
        return [json_response(each.ticket.journey.encode()) for each in group]


async def until(event: threading.Event) -> None:
    assert await asyncio.to_thread(event.wait, 5)


def test_groups__arrivals_while_one_is_decided__are_the_next_in_their_order() -> None:
    decide = Decider()

    async def run() -> list[bytes]:
        groups = Groups([decide])
        answers = [groups.ask(asked(0))]
        await until(decide.begun)
        answers += [groups.ask(asked(number)) for number in range(1, 5)]
        decide.go_on.set()
        found = [(await each).body["body"] for each in answers if each is not None]
        groups.close()
        return found

    assert asyncio.run(run()) == [b"0", b"1", b"2", b"3", b"4"]
    assert decide.groups == [["0"], ["1", "2", "3", "4"]]


def test_groups__of_more_than_one_call_takes__are_divided() -> None:
    decide = Decider()
    decide.go_on.set()

    async def run() -> None:
        groups = Groups([decide], group_max=2)
        await asyncio.gather(*[each for n in range(5) if (each := groups.ask(asked(n)))])
        groups.close()

    asyncio.run(run())
    assert decide.groups == [["0", "1"], ["2", "3"], ["4"]]


def test_groups__too_many_waiting__are_sent_away_and_room_comes_back() -> None:
    decide = Decider()

    async def run() -> None:
        groups = Groups([decide], waiting_max=2)
        first = groups.ask(asked(0))
        await until(decide.begun)
        waiting = [groups.ask(asked(1)), groups.ask(asked(2))]
        assert groups.ask(asked(3)) is None
        decide.go_on.set()
        await asyncio.gather(*[each for each in (first, *waiting) if each is not None])
        assert groups.ask(asked(4)) is not None
        groups.close()

    asyncio.run(run())
    assert ["3"] not in decide.groups


def test_groups__many_of_one_application__leave_room_for_others() -> None:
    decide = Decider()

    async def run() -> None:
        groups = Groups([decide], waiting_max=20)
        first = groups.ask(asked(0))
        await until(decide.begun)
        of_one = [groups.ask(asked(number, "greedy")) for number in range(1, 20)]
        assert sum(each is not None for each in of_one) == OF_ONE_MAX
        other = groups.ask(asked(20, "modest"))
        decide.go_on.set()
        answers = [each for each in (first, *of_one, other) if each is not None]
        await asyncio.gather(*answers)
        assert groups.ask(asked(21, "greedy")) is not None
        groups.close()
        assert len(answers) == OF_ONE_MAX + 2

    asyncio.run(run())


def test_groups__client_that_is_gone__does_not_harm_the_others() -> None:
    decide = Decider()

    async def run() -> bytes:
        groups = Groups([decide])
        gone, stays = groups.ask(asked(0)), groups.ask(asked(1))
        assert gone is not None
        assert stays is not None
        await until(decide.begun)
        gone.cancel()
        decide.go_on.set()
        answer = await stays
        groups.close()
        return bytes(answer.body["body"])

    assert asyncio.run(run()) == b"1"
    assert decide.groups == [["0", "1"]]


def test_groups__failure_of_the_program__is_told_to_each_and_the_next_goes_on() -> None:
    failures = [RuntimeError("broken")]

    def decide(group: Sequence[Asked]) -> Sequence[Response]:
        if failures:
            raise failures.pop()
        return [json_response(b"{}") for _ in group]

    async def run() -> None:
        groups = Groups([decide])
        lost = [groups.ask(asked(number)) for number in range(2)]
        for each in lost:
            assert each is not None
            with pytest.raises(RuntimeError):
                await each
        later = groups.ask(asked(2))
        assert later is not None
        assert (await later).start["status"] == 200
        groups.close()

    asyncio.run(run())


def test_groups__with_a_second_lane__begin_ahead_where_many_wait() -> None:
    first, second = Decider(), Decider()

    async def run() -> None:
        groups = Groups([second, first])
        answers = [groups.ask(asked(0))]
        await until(first.begun)
        answers += [groups.ask(asked(number)) for number in range(1, AHEAD_MIN)]
        await asyncio.sleep(0.05)
        assert not second.begun.is_set()  # too few to begin beside another
        answers.append(groups.ask(asked(AHEAD_MIN)))
        await until(second.begun)
        answers.append(groups.ask(asked(AHEAD_MIN + 1)))
        for each in (first, second):
            each.go_on.set()
        await asyncio.gather(*[each for each in answers if each is not None])
        groups.close()

    asyncio.run(run())
    assert first.groups[0] == ["0"]
    assert second.groups[0] == [str(number) for number in range(1, AHEAD_MIN + 1)]
    assert [str(AHEAD_MIN + 1)] in (*first.groups, *second.groups)
