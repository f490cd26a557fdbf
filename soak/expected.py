"""What the clients' journals say must be so: for each journey the states that it may be in.

Knows the form of the journals and nothing of the program. An attempt that is sent makes its effect
possible; an answer settles it. What an attempt without an answer may have done, or may still do,
stays possible until the journey was asked for once more at the end, when nothing was under way.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

ABSENT, HELD, BOOKED, CANCELLED, EXPIRED, REPLACED = (1 << number for number in range(6))
STATES = {
    "held": HELD,
    "booked": BOOKED,
    "cancelled": CANCELLED,
    "expired": EXPIRED,
    "replaced": REPLACED,
}
_FAULTS_SHOWN = 40
_ABOUT_PLACES = {"book", "hold", "rebook", "repeat", "settle"}


@dataclass(slots=True)
class Faults:
    """What is not as it must be: how often, by kind, and the first of them in words."""

    counts: Counter[str] = field(default_factory=Counter)
    shown: list[str] = field(default_factory=list)

    def add(self, kind: str, what: object) -> None:
        """One more."""
        self.counts[kind] += 1
        if len(self.shown) < _FAULTS_SHOWN:
            self.shown.append(f"{kind}: {what}")


@dataclass(slots=True)
class Asked:
    """One journey as its client knows it."""

    party: int
    legs: tuple[str, ...]
    old: str | None
    states: int = ABSENT
    unsure: list[str] | None = None
    """Kinds of attempts without an answer, which may take effect later than what came after."""


@dataclass(slots=True)
class Expected:
    """All journeys that any client asked for."""

    faults: Faults
    journeys: dict[str, Asked] = field(default_factory=dict)
    acknowledged: int = 0
    asked_again: int = 0
    unanswered: int = 0
    revoked: set[str] = field(default_factory=set)
    """Journeys that an answer called cancelled although no client asked for that."""

    def read(self, lines: Iterable[dict[str, Any]]) -> None:
        """One client's journal, from its first line."""
        under_way: dict[int, dict[str, Any]] = {}
        for line in lines:
            if "op" in line:
                for left in under_way.values():
                    self._unanswered(left)
                under_way = {line["n"]: line}
                self._sent(line)
            else:
                operation = under_way.pop(line["n"])
                if "lost" in line:
                    self._unanswered(operation)
                else:
                    self._answered(operation, line)
        for left in under_way.values():
            self._unanswered(left)

    def _sent(self, operation: dict[str, Any]) -> None:
        kind = operation.get("of", operation["op"])
        if operation["try"] > 1:
            self.asked_again += 1
        if operation["op"] in _ABOUT_PLACES and operation["journey"] not in self.journeys:
            legs = tuple(operation["legs"])
            asked = Asked(party=operation["party"], legs=legs, old=operation.get("old"))
            self.journeys[operation["journey"]] = asked
        for journey, effect in _effects(operation, kind):
            if operation.get("settles") and self.journeys[journey].unsure:
                # Nothing is under way any more: this attempt is the last that can do anything.
                self.journeys[journey].unsure = None
            self._may(journey, effect)

    def _unanswered(self, operation: dict[str, Any]) -> None:
        self.unanswered += 1
        kind = operation.get("of", operation["op"])
        for journey, effect in _effects(operation, kind):
            asked = self.journeys[journey]
            asked.unsure = [*(asked.unsure or ()), effect]

    def _answered(self, operation: dict[str, Any], line: dict[str, Any]) -> None:
        if line["answer"] == "problem":
            self.faults.add("a request that could not be served", operation | line)
        elif operation["op"] == "look":
            for journey, state in line["seen"]:
                if journey in self.journeys:
                    self._is(journey, state, operation)
        elif operation["op"] == "other":
            if line["answer"] != "reused":
                self.faults.add("another request decided under a known id", operation | line)
        elif line["answer"] == "reused":
            self.faults.add("an id called another request's", operation)
        else:
            self._told(operation, line)

    def _told(self, operation: dict[str, Any], line: dict[str, Any]) -> None:
        """What became of a journey: taken, refused, or how it stands."""
        journey, old = operation["journey"], operation.get("old")
        if line["answer"] == "refused":
            if not self.journeys[journey].states & ABSENT:
                self.faults.add("an acknowledged journey was not known", operation)
            self._settle(journey, ABSENT)
            if old is not None:
                self._settle(old, self.journeys[old].states & ~REPLACED)
            return
        self._is(journey, line["state"], operation)
        if line["answer"] == "taken":
            self.acknowledged += 1
            if old is not None:
                self._settle(old, REPLACED)

    def _is(self, journey: str, state: str, operation: dict[str, Any]) -> None:
        """An answer said in what state a journey is."""
        asked, told = self.journeys[journey], STATES[state]
        if told == CANCELLED and not asked.states & CANCELLED and asked.states & (HELD | BOOKED):
            self.revoked.add(journey)
        elif not told & closure(asked.states):
            self.faults.add("a journey in an impossible state", f"{journey} {state} {operation}")
        self._settle(journey, told)

    def _settle(self, journey: str, state: int) -> None:
        asked = self.journeys[journey]
        asked.states = state
        for effect in asked.unsure or ():
            self._may(journey, effect)

    def _may(self, journey: str, effect: str) -> None:
        asked = self.journeys[journey]
        states = asked.states
        match effect:
            case "book" if states & ABSENT:
                states |= BOOKED
            case "hold" if states & ABSENT:
                states |= HELD
            case "confirm" if states & HELD:
                states |= BOOKED
            case "cancel" if states & (HELD | BOOKED):
                states |= CANCELLED
            case "replace" if states & (HELD | BOOKED):
                states |= REPLACED
        asked.states = states


def closure(states: int) -> int:
    """With what may have become of a journey without its client: a hold's hour comes."""
    return states | EXPIRED if states & HELD else states


def _effects(operation: dict[str, Any], kind: str) -> list[tuple[str, str]]:
    """What an attempt may do, to which journey."""
    if operation["op"] in {"look", "other"}:
        return []
    journey = operation["journey"]
    if kind == "rebook":
        return [(journey, "book"), (operation["old"], "replace")]
    return [(journey, kind)]
