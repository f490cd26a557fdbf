"""Groups: whoever arrives while one is decided is in the next; nobody is forgotten."""

import asyncio
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


class Lane:
    """Answers each with its number; waits before the commit until it is let on."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()

    async def __call__(self, group: Sequence[Asked]) -> Sequence[Response]:
        self.groups.append([each.ticket.journey for each in group])
        self.begun.set()
        await asyncio.wait_for(self.go_on.wait(), 5)
        return [json_response(each.ticket.journey.encode()) for each in group]


async def until(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), 5)


def test_groups__arrivals_while_one_is_decided__are_the_next_in_their_order() -> None:
    lane = Lane()

    async def run() -> list[bytes]:
        groups = Groups([lane])
        answers = [groups.ask(asked(0))]
        await until(lane.begun)
        answers += [groups.ask(asked(number)) for number in range(1, 5)]
        lane.go_on.set()
        found = [(await each).body["body"] for each in answers if each is not None]
        await groups.close()
        return found

    assert asyncio.run(run()) == [b"0", b"1", b"2", b"3", b"4"]
    assert lane.groups == [["0"], ["1", "2", "3", "4"]]


def test_groups__of_more_than_one_call_takes__are_divided() -> None:
    lane = Lane()
    lane.go_on.set()

    async def run() -> None:
        groups = Groups([lane], group_max=2)
        await asyncio.gather(*[each for n in range(5) if (each := groups.ask(asked(n)))])
        await groups.close()

    asyncio.run(run())
    assert lane.groups == [["0", "1"], ["2", "3"], ["4"]]


def test_groups__too_many_waiting__are_sent_away_and_room_comes_back() -> None:
    lane = Lane()

    async def run() -> None:
        groups = Groups([lane], waiting_max=2)
        first = groups.ask(asked(0))
        await until(lane.begun)
        waiting = [groups.ask(asked(1)), groups.ask(asked(2))]
        assert groups.ask(asked(3)) is None
        lane.go_on.set()
        await asyncio.gather(*[each for each in (first, *waiting) if each is not None])
        assert groups.ask(asked(4)) is not None
        await groups.close()

    asyncio.run(run())
    assert ["3"] not in lane.groups


def test_groups__many_of_one_application__leave_room_for_others() -> None:
    lane = Lane()

    async def run() -> None:
        groups = Groups([lane], waiting_max=20)
        first = groups.ask(asked(0))
        await until(lane.begun)
        of_one = [groups.ask(asked(number, "greedy")) for number in range(1, 20)]
        assert sum(each is not None for each in of_one) == OF_ONE_MAX
        other = groups.ask(asked(20, "modest"))
        lane.go_on.set()
        answers = [each for each in (first, *of_one, other) if each is not None]
        await asyncio.gather(*answers)
        assert groups.ask(asked(21, "greedy")) is not None
        await groups.close()
        assert len(answers) == OF_ONE_MAX + 2

    asyncio.run(run())


def test_groups__client_that_is_gone__does_not_harm_the_others() -> None:
    lane = Lane()

    async def run() -> bytes:
        groups = Groups([lane])
        gone, stays = groups.ask(asked(0)), groups.ask(asked(1))
        assert gone is not None
        assert stays is not None
        await until(lane.begun)
        gone.cancel()
        lane.go_on.set()
        answer = await stays
        await groups.close()
        return bytes(answer.body["body"])

    assert asyncio.run(run()) == b"1"
    assert lane.groups == [["0", "1"]]


def test_groups__failure_of_the_program__is_told_to_each_and_the_next_goes_on() -> None:
    failures = [RuntimeError("broken")]

    async def lane(group: Sequence[Asked]) -> Sequence[Response]:
        if failures:
            raise failures.pop()
        return [json_response(b"{}") for _ in group]

    async def run() -> None:
        groups = Groups([lane])
        lost = [groups.ask(asked(number)) for number in range(2)]
        for each in lost:
            assert each is not None
            with pytest.raises(RuntimeError):
                await each
        later = groups.ask(asked(2))
        assert later is not None
        assert (await later).start["status"] == 200
        await groups.close()

    asyncio.run(run())


def test_groups__with_a_second_lane__begin_ahead_where_many_wait() -> None:
    first, second = Lane(), Lane()

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
        await groups.close()

    asyncio.run(run())
    assert first.groups[0] == ["0"]
    assert second.groups[0] == [str(number) for number in range(1, AHEAD_MIN + 1)]
    assert [str(AHEAD_MIN + 1)] in (*first.groups, *second.groups)


def test_groups__that_are_enough__do_not_wait_for_all_who_come_in_the_same_turn() -> None:
    lane = Lane()
    lane.go_on.set()

    async def run() -> None:
        groups = Groups([lane])
        many = [groups.ask(asked(number)) for number in range(AHEAD_MIN + 3)]
        await asyncio.gather(*[each for each in many if each is not None])

    asyncio.run(run())
    assert [len(each) for each in lane.groups] == [AHEAD_MIN, 3]


def test_groups__closed__have_answered_everybody() -> None:
    lane = Lane()

    async def run() -> list[bool]:
        groups = Groups([lane])
        answers = [groups.ask(asked(0))]
        await until(lane.begun)
        answers.append(groups.ask(asked(1)))
        asyncio.get_running_loop().call_later(0.05, lane.go_on.set)
        await groups.close()
        return [each is not None and each.done() for each in answers]

    assert asyncio.run(run()) == [True, True]
