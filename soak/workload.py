"""What a client does next, and what it makes of an answer; the same again from its journal.

An operation is the line that is written down before it is sent: its number, its kind, the journey,
the party, the legs. Which one comes next follows from the seed, the client, the operation's number
and what the client knows; ``learn`` is all that ever changes what it knows.
"""

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from soak.wire import Answer, Request

Operation = dict[str, Any]
HORIZON_DAYS = 7
CONTROL_POINTS = ("SZB", "LMC")
SLOTS = ("morning", "midday", "evening")
_WEIGHTS = {
    "book": 87.0,
    "hold": 3.0,
    "confirm": 2.0,
    "cancel": 3.0,
    "rebook": 1.6,
    "repeat": 2.0,
    "other": 0.5,
    "look": 0.2,
    "again": 3.0,
}
_BY_INTAKE = 0.985
_TWO_LEGS = ("HK-GD", "GD-HK")
_RECENT = 24
_SEEN_MAX = 12
_LIVE_STATES = ("held", "booked")
_SERVER_FAILED = 500
_REUSED = 409
_FOUND = 200
_UNKNOWN = 404


@dataclass(frozen=True, kw_only=True, slots=True)
class Traveller:
    """A party as its client knows it."""

    number: int
    application: str
    authorization: str = field(repr=False)


@dataclass(slots=True)
class Knowledge:
    """What one client knows: from the answers that it got, or read in its journal."""

    client: int
    seed: int
    parties: Sequence[Traveller]
    done: int = 0
    """Operations that are over: answered, or left to be asked again."""
    live: dict[str, Operation] = field(default_factory=dict)
    """Journeys held or booked, by id, with the operation that took them and their state."""
    recent: deque[Operation] = field(default_factory=lambda: deque(maxlen=_RECENT))
    """Operations whose answer told of a journey of theirs."""
    open: dict[int, Operation] = field(default_factory=dict)
    """Operations whose last attempt brought no answer."""
    lost: dict[str, Operation] = field(default_factory=dict)
    """Journeys of which some attempt brought no answer, with the operation that asked for their
    places: it is asked again at the end."""
    begun: dict[int, Operation] = field(default_factory=dict)

    def next_operation(self, now: datetime) -> Operation:
        """The next operation; one that was asked before keeps its number."""
        chance = random.Random(f"{self.seed}/{self.client}/{self.done}")
        self._forget(now)
        possible = {
            "confirm": any(each["state"] == "held" for each in self.live.values()),
            "cancel": bool(self.live),
            "rebook": bool(self.live),
            "repeat": bool(self.recent),
            "other": bool(self.recent),
            "again": bool(self.open),
        }
        kinds = [each for each in _WEIGHTS if possible.get(each, True)]
        kind = chance.choices(kinds, [_WEIGHTS[each] for each in kinds])[0]
        if kind == "again":
            return self.open[chance.choice(sorted(self.open))]
        operation = self._drawn(kind, chance, now)
        return {"n": self.done, "op": kind} | operation

    def begin(self, operation: Operation) -> None:
        """An attempt is about to be sent."""
        self.begun[operation["n"]] = operation

    def learn(self, number: int, told: dict[str, Any]) -> None:
        """What an attempt brought: an answer, or none."""
        operation = self.begun.pop(number)
        is_new = number == self.done
        self.done += is_new
        if "lost" in told:
            self.open[number] = operation
            self._lose(operation)
            return
        self.open.pop(number, None)
        if operation["op"] in {"look", "other"}:
            return
        journey, state = operation["journey"], told.get("state")
        if operation["op"] in {"cancel", "confirm"}:
            if journey in self.live and state in _LIVE_STATES:
                self.live[journey]["state"] = state
            elif state is not None:
                self.live.pop(journey, None)
            return
        if state is not None:
            self.recent.append(operation)
            self.live.pop(operation.get("old", ""), None)
        if state in _LIVE_STATES:
            self.live[journey] = operation | {"state": state}
        elif state is not None:
            self.live.pop(journey, None)

    def _lose(self, operation: Operation) -> None:
        """Nothing is sure any more of the journeys that an attempt was about."""
        if "legs" in operation and operation["op"] != "other":
            self.lost.setdefault(operation["journey"], operation)
        for name in ("journey", "old"):
            taken = self.live.pop(operation.get(name, ""), None)
            if taken is not None and operation["op"] != "other":
                self.lost.setdefault(taken["journey"], taken)

    def settling(self) -> list[Operation]:
        """The bookings of all journeys that are not sure, each to be asked once more."""
        kept = ("journey", "party", "legs", "old")
        return [
            {name: each[name] for name in kept if name in each}
            | {"n": number, "op": "settle", "of": each.get("of", each["op"])}
            for number, each in enumerate(self.lost.values(), start=self.done)
        ]

    def _forget(self, now: datetime) -> None:
        """Journeys whose way home is over are of no more use."""
        today = now.date().isoformat()
        for journey in [each for each, taken in self.live.items() if taken["legs"][3] < today]:
            del self.live[journey]

    def _drawn(self, kind: str, chance: random.Random, now: datetime) -> Operation:
        match kind:
            case "book" | "hold":
                party = chance.choice(self.parties)
                asked = self._new(chance, party.number, now)
                by_intake = kind == "book" and chance.random() < _BY_INTAKE
                return asked | {"by": "intake" if by_intake else "rest"}
            case "cancel" | "confirm" | "rebook":
                wanted = ("held",) if kind == "confirm" else _LIVE_STATES
                taken = chance.choice(
                    [each for each in self.live.values() if each["state"] in wanted]
                )
                if kind == "rebook":
                    new = self._new(chance, taken["party"], now)
                    return new | {"old": taken["journey"]}
                return {"journey": taken["journey"], "party": taken["party"]}
            case "repeat" | "other":
                before = chance.choice(self.recent)
                names = ("journey", "party", "legs", "by", "old")
                same = {name: before[name] for name in names if name in before}
                if kind == "other":
                    same = {name: same[name] for name in ("journey", "party")}
                    return same | {"legs": _other_legs(before["legs"], chance)}
                return same | {"of": before.get("of", before["op"])}
        return {"party": chance.choice(self.parties).number}

    def _new(self, chance: random.Random, party: int, now: datetime) -> Operation:
        journey = str(UUID(int=chance.getrandbits(128), version=4))
        return {"journey": journey, "party": party, "legs": _legs(chance, now)}


def request_of(operation: Operation, party: Traveller) -> Request:
    """The ordinary request of an operation; the same for each attempt."""
    kind = operation.get("of", operation["op"])
    journey = operation.get("journey")
    if kind == "look":
        return Request(method="GET", path="/journeys", authorization=party.authorization)
    if kind in {"cancel", "confirm"}:
        path = f"/journeys/{journey}/{kind}"
        return Request(method="POST", path=path, authorization=party.authorization, body={})
    body: dict[str, Any] = {"legs": legs_as_sent(operation["legs"])}
    if kind == "hold":
        body["hold"] = True
    if kind == "rebook":
        path, body["id"] = f"/journeys/{operation['old']}/rebook", journey
        return Request(method="POST", path=path, authorization=party.authorization, body=body)
    path = f"/journeys/{journey}"
    return Request(method="PUT", path=path, authorization=party.authorization, body=body)


def legs_as_sent(legs: Sequence[str]) -> list[dict[str, str]]:
    """A way out and a way home as the interface wants them."""
    return [
        {"direction": way, "day": day, "slot": slot, "control_point": point}
        for way, (day, slot, point) in zip(_TWO_LEGS, (legs[:3], legs[3:]), strict=True)
    ]


def told_by(operation: Operation, answer: Answer) -> dict[str, Any]:
    """An answer in a line; ``lost`` where it says nothing of what was asked."""
    content = answer.content if isinstance(answer.content, dict) else {}
    if answer.status >= _SERVER_FAILED:
        return {"lost": str(answer.status), "code": content.get("code")}
    if answer.status == _REUSED and content.get("code") == "request_id_reused":
        return {"answer": "reused"}
    if answer.status != _FOUND:
        return {"answer": "problem", "status": answer.status, "code": content.get("code")}
    if operation["op"] == "look":
        seen = [[each["id"], each["state"]] for each in answer.content[:_SEEN_MAX]]
        return {"answer": "seen", "seen": seen}
    told: dict[str, Any] = {}
    if "decision" in content:
        told["answer"] = content["decision"]["outcome"]
    else:
        told["answer"] = "taken" if content["taken"] else "refused"
        if content["replayed"]:
            told["replayed"] = True
    if content.get("reasons"):
        told["why"] = sorted({each["code"] for each in content["reasons"]})
    if content["journey"] is not None:
        told["state"] = content["journey"]["state"]
    return told


def _legs(chance: random.Random, now: datetime) -> list[str]:
    """A way out within the days that may be booked, mostly of the next few, and one home."""
    out = min(int(chance.expovariate(0.5)), HORIZON_DAYS)
    home = min(out + chance.choice((0, 1, 1, 2)), HORIZON_DAYS)
    legs = []
    for days in (out, home):
        day = (now + timedelta(days=days)).date().isoformat()
        legs += [day, chance.choice(SLOTS), chance.choice(CONTROL_POINTS)]
    return legs


def _other_legs(legs: Sequence[str], chance: random.Random) -> list[str]:
    """Legs that differ from those of a request in at least a slot."""
    others = [each for each in SLOTS if each != legs[1]]
    return [legs[0], chance.choice(others), *legs[2:]]
