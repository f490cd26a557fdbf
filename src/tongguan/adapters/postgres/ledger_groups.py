"""What ``take_places`` is called with for many requests at once, and what it answers.

What parties ask for alike travels once, as a *kind*; of each request travel its ids and its people.
Numbers of windows, kinds and requests begin at 1, as arrays do in the database. Arrays are written
as their literals, which costs a tenth of handing lists to the driver; nothing in them but ids,
numbers, instants and bytes in hexadecimal, so nothing needs quoting.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import accumulate

from psycopg.types.json import Jsonb

from tongguan.adapters.postgres.ledger_messages import window_as_json
from tongguan.app.ledger_port import AskedAlike, AskedLeg, PlaceRequest
from tongguan.core.identifiers import JourneyId, PersonKey
from tongguan.core.quota.windows import NOBODY, PERSON_DIMENSION, Crossing, Window, WindowKey

_ARRAYS = (
    "journeys::uuid[]",
    "applications::uuid[]",
    "hashes::bytea[]",
    "held_until::timestamptz[]",
    "live_until::timestamptz[]",
    "kinds::integer[]",
    "alike::integer[]",
    "persons::bytea[]",
    "claimed_by::integer[]",
    "first_person::integer[]",
    "member_request::integer[]",
    "member_number::integer[]",
    "members::bytea[]",
    "who::integer[]",
    "first_need::integer[]",
    "need_kind::integer[]",
    "need_window::integer[]",
    "need_times::integer[]",
    "first_own::integer[]",
    "own_request::integer[]",
    "own_window::integer[]",
    "own_persons::integer[]",
    "first_choice::integer[]",
    "choice_cap::integer[]",
    "choice_times::integer[]",
    "first_part::integer[]",
    "part_window::integer[]",
    "wanted::integer[]",
)
_ENTRIES = {
    "first_need": "need_window",
    "first_own": "own_window",
    "first_choice": "choice_cap",
    "first_part": "part_window",
}
"""Where each one's entries begin, and in which array; the last number is where all end."""
_NAMED = ", ".join(
    f"{name} => %({name})s::{kind}" for name, kind in (each.split("::") for each in _ARRAYS)
)
ARGUMENTS = f"asked => %(asked)s, {_NAMED}, at => %(at)s"
"""The arguments of ``take_places``, by name; see ``Group.parameters``."""


class LedgerError(RuntimeError):
    """The ledger was asked for something that no rule allows: a fault of ours, nothing is kept."""


@dataclass(slots=True)
class _Kind:
    """What parties ask for alike, with the numbers of its windows."""

    number: str
    live_until: str
    own: tuple[tuple[Window, int], ...]
    """Windows of each person, with the value of the person left out."""


@dataclass(slots=True)
class Group:
    """Requests of one call, as arrays. All are of one scheme, text and phase."""

    requests: Sequence[PlaceRequest]
    windows: list[Window] = field(default_factory=list)
    """By number, from 1."""
    kinds: list[AskedAlike] = field(default_factory=list)
    """By number, from 1."""
    _numbers: dict[WindowKey, int] = field(default_factory=dict)
    _needs: dict[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    """By kind: numbers of windows, and how many of one person's crossings each counts."""
    _wanted: Counter[int] = field(default_factory=Counter)
    _arrays: dict[str, list[object]] = field(default_factory=dict)

    def parameters(self, at: datetime) -> dict[str, object]:
        """What ``ARGUMENTS`` names."""
        self._arrays = {each.split("::")[0]: [] for each in _ARRAYS}
        kinds = self._kinds()
        written = self._requests(kinds)
        written |= self._people(kinds)
        arrays = self._arrays
        numbers = range(1, len(self.windows) + 1)
        arrays["wanted"].extend(self._wanted[number] for number in numbers)
        for first, entries in _ENTRIES.items():
            if first not in written:
                arrays[first].append(len(arrays[entries]) + 1)
        for name, values in arrays.items():
            if name not in written:
                written[name] = _array(map(str, values))
        return {**written, "asked": Jsonb(self._asked()), "at": at}

    def _kinds(self) -> list[_Kind]:
        """The kind of each request; in a rush nearly all are of one."""
        asked = [each.asked for each in self.requests]
        names = [*map(id, asked)]
        known = {
            name: self._add_kind(each)
            for name, each in dict(zip(names, asked, strict=True)).items()
        }
        return [known[name] for name in names]

    def _requests(self, kinds: Sequence[_Kind]) -> dict[str, str]:
        """What there is one of for each request."""
        requests = self.requests
        hours = [each.held_until for each in requests]
        return {
            "journeys": _array([each.journey for each in requests]),
            "applications": _array([each.application for each in requests]),
            "hashes": _array_of_bytes([each.request_hash for each in requests]),
            "held_until": _array(["NULL" if each is None else each.isoformat() for each in hours]),
            "live_until": _array([each.live_until for each in kinds]),
            "kinds": _array([each.number for each in kinds]),
        }

    def _people(self, kinds: Sequence[_Kind]) -> dict[str, str]:
        """The people of the parties. In a rush nobody comes twice, and most arrays only count."""
        requests = self.requests
        sizes = [len(each.persons) for each in requests]
        members = [person for each in requests for person in each.persons]
        self._want(kinds, sizes)
        written = self._members(sizes, members)
        if len(set(members)) == len(members):
            written["who"] = _array_to(len(members))
            written["persons"] = written["members"]
            written["claimed_by"] = written["member_request"]
        else:
            index_of: dict[PersonKey, int] = {}
            who = [index_of.setdefault(each, len(index_of) + 1) for each in members]
            claimed: dict[int, int] = {}
            of_request = (number for number, size in enumerate(sizes, 1) for _ in range(size))
            for index, number in zip(who, of_request, strict=True):
                claimed.setdefault(index, number)
            written["who"] = _numbers(who)
            written["persons"] = _array_of_bytes(index_of)
            written["claimed_by"] = _numbers(claimed.values())
        first_of_id: dict[JourneyId, int] = {}
        alike = [
            first_of_id.setdefault(each.journey, number) for number, each in enumerate(requests, 1)
        ]
        written["alike"] = _numbers(alike)
        if any(each.own for each in kinds):
            self._add_own_windows(kinds)
        else:
            written["first_own"] = _array_of_ones(len(requests) + 1)
        return written

    def _members(self, sizes: Sequence[int], members: Sequence[PersonKey]) -> dict[str, str]:
        """Everybody of every party, and where each party begins."""
        written = {"members": _array_of_bytes(members)}
        if len(members) == len(sizes):  # each alone
            written["member_request"] = _array_to(len(sizes))
            written["member_number"] = _array_of_zeros(len(sizes))
            written["first_person"] = _array_to(len(sizes) + 1)
            return written
        written["member_request"] = _numbers(
            [number for number, size in enumerate(sizes, 1) for _ in range(size)]
        )
        written["member_number"] = _numbers([number for size in sizes for number in range(size)])
        written["first_person"] = _numbers(accumulate(sizes, initial=1))
        return written

    def _want(self, kinds: Sequence[_Kind], sizes: Sequence[int]) -> None:
        """How many persons all of them would put into each window that counts many."""
        numbers = [each.number for each in kinds]
        for (kind_number, size), parties in Counter(zip(numbers, sizes, strict=True)).items():
            for window_number, times in self._needs[kind_number]:
                self._wanted[window_number] += times * size * parties

    def _add_own_windows(self, kinds: Sequence[_Kind]) -> None:
        """The windows that count one person alone, of those requests that have such."""
        arrays = self._arrays
        for number, (request, kind) in enumerate(zip(self.requests, kinds, strict=True), start=1):
            arrays["first_own"].append(len(arrays["own_window"]) + 1)
            for window, times in kind.own:
                self._add_own(number, window, times, request.persons)

    def _asked(self) -> dict[str, object]:
        first = self.kinds[0]
        return {
            "scheme": first.scheme,
            "phase": first.phase,
            "version": first.version,
            "live_journeys_per_person_max": first.live_journeys_per_person_max,
            "windows": [
                {"number": number, **window_as_json(window)}
                for number, window in enumerate(self.windows, start=1)
            ],
            "legs": [
                {
                    "kind": number,
                    "cell_week": leg.cell_week.isoformat(),
                    "leg": leg.leg.value,
                    "direction": leg.direction,
                    "category": kind.category,
                    "control_point": leg.control_point,
                    "slot": leg.slot,
                    "day": leg.day.isoformat(),
                    "sponsor": kind.sponsor,
                }
                for number, kind in enumerate(self.kinds, start=1)
                for leg in kind.legs
            ],
        }

    def _add_kind(self, asked: AskedAlike) -> _Kind:
        arrays = self._arrays
        self.kinds.append(asked)
        number = len(self.kinds)
        arrays["first_need"].append(len(arrays["need_window"]) + 1)
        arrays["first_choice"].append(len(arrays["choice_cap"]) + 1)
        needs, own = [], []
        for window, times in asked.windows:
            if (PERSON_DIMENSION, "") in window.dimensions:
                own.append((window, times))
                continue
            needs.append((self._number(window), times))
            arrays["need_kind"].append(number)
            arrays["need_window"].append(needs[-1][0])
            arrays["need_times"].append(times)
        for choice in asked.choices:
            arrays["choice_cap"].append(self._number(choice.cap))
            arrays["choice_times"].append(choice.persons)
            arrays["first_part"].append(len(arrays["part_window"]) + 1)
            arrays["part_window"].extend(map(self._number, choice.windows))
        self._needs[str(number)] = tuple(needs)
        return _Kind(
            number=str(number),
            live_until=asked.live_until.isoformat(),
            own=tuple(own),
        )

    def _add_own(
        self, request: int, window: Window, times: int, persons: Iterable[PersonKey]
    ) -> None:
        for person in persons:
            number = self._number(window_of(window, person))
            self._wanted[number] += times
            self._arrays["own_request"].append(request)
            self._arrays["own_window"].append(number)
            self._arrays["own_persons"].append(times)

    def _number(self, window: Window) -> int:
        number = self._numbers.get(window.key)
        if number is None:
            self.windows.append(window)
            number = self._numbers[window.key] = len(self.windows)
        return number


def require_sound_kind(asked: AskedAlike, now: datetime) -> None:
    """Its windows count what is asked, and each cap with parts has one choice among them.

    So no two choices share a window, and giving each person the first that has room is exact.
    """
    if not asked.legs or asked.live_journeys_per_person_max < 1 or asked.live_until <= now:
        raise LedgerError("a party asks for a leg to come, and a person may have a live journey")
    crossings = [_crossing(asked, leg) for leg in asked.legs]
    persons = dict(asked.windows)
    if len({window.key for window in persons}) != len(asked.windows):
        raise LedgerError("a window is given twice")
    for window, times in asked.windows:
        if window.scheme != asked.scheme or times != sum(map(window.holds, crossings)):
            raise LedgerError(f"the window of {window.quota} does not count the places asked for")
    caps = [choice.cap for choice in asked.choices]
    if len(set(caps)) != len(caps) or not set(caps) <= set(persons):
        raise LedgerError("each choice is of one cap that counts the places asked for")
    for choice in asked.choices:
        keys = {window.key for window in choice.windows}
        strange = any(window.part_of != choice.cap.key for window in choice.windows)
        if (
            choice.persons != persons[choice.cap]
            or strange
            or not 0 < len(keys) == len(choice.windows)
        ):
            raise LedgerError(f"the choice of {choice.cap.quota} is not among its own parts")


def _crossing(asked: AskedAlike, leg: AskedLeg) -> Crossing:
    return Crossing(
        direction=leg.direction,
        category=asked.category,
        control_point=leg.control_point,
        slot=leg.slot,
        day=leg.day,
        person=NOBODY,
        sponsor=asked.sponsor,
    )


def window_of(window: Window, person: PersonKey) -> Window:
    """The window of one person, where ``window`` stands for one of each."""
    return Window(
        scheme=window.scheme,
        cell_week=window.cell_week,
        quota=window.quota,
        starts=window.starts,
        dimensions=tuple(
            (name, person.hex() if name == PERSON_DIMENSION else value)
            for name, value in window.dimensions
        ),
        days=window.days,
        limit=window.limit,
        part_of=window.part_of,
    )


def _numbers(values: Iterable[int]) -> str:
    return _array(map(str, values))


def _array(values: Iterable[str]) -> str:
    return "{" + ",".join(values) + "}"


def _array_of_bytes(values: Iterable[bytes]) -> str:
    written = '","\\\\x'.join([each.hex() for each in values])
    return '{"\\\\x' + written + '"}' if written else "{}"


@lru_cache(maxsize=1024)
def _array_to(last: int) -> str:
    return _array(map(str, range(1, last + 1)))


@lru_cache(maxsize=1024)
def _array_of_zeros(count: int) -> str:
    return _array(["0"] * count)


@lru_cache(maxsize=1024)
def _array_of_ones(count: int) -> str:
    return _array(["1"] * count)
