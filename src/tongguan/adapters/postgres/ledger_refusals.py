"""Why the ledger took nothing, in the words of a decision."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tongguan.adapters.postgres.ledger_groups import Group, LedgerError
from tongguan.app.ledger_port import AskedAlike, PlacesRefused
from tongguan.core.decisions import Reason
from tongguan.core.identifiers import PhaseId
from tongguan.core.quota.choices import Choice
from tongguan.core.quota.windows import PERSON_DIMENSION, Window
from tongguan.core.reasons import ReasonCode

_PERSON, _WINDOW, _CHOICE, _SAME = 1, 2, 3, 4
_FIELDS = 6
"""Each reason is six numbers: see ``ledger_decide``."""

Entry = tuple[int, ...]
"""Kind of reason, the number of what it is about, what is left, the limit, persons."""


class WindowDiffersError(LedgerError):
    """A window was opened for another number of days than the version now states."""


def entries_by_request(flat: Sequence[int]) -> dict[int, list[Entry]]:
    """The reasons of each refused request, by its number from 1."""
    entries: defaultdict[int, list[Entry]] = defaultdict(list)
    for start in range(0, len(flat), _FIELDS):
        request, kind, number = flat[start : start + 3]
        if kind == _SAME:
            entries[request] = entries[number]
        else:
            entries[request].append(tuple(flat[start + 1 : start + _FIELDS]))
    return entries


class Refusals:
    """Refusals of one group; those that say the same share one value."""

    def __init__(self, group: Group, strange: Sequence[bool]) -> None:
        self._group = group
        self._strange = strange
        self._known: dict[tuple[int, tuple[Entry, ...]], PlacesRefused] = {}

    def of(self, asked: AskedAlike, entries: Sequence[Entry]) -> PlacesRefused:
        """Why a request for this was refused; raises ``WindowDiffersError`` on our fault."""
        key = (id(asked), tuple(entries))
        refusal = self._known.get(key)
        if refusal is None:
            reasons: list[Reason] = []
            for reason in self._reasons(asked, entries):
                # Windows of two persons are told in the same words.
                if reason not in reasons:
                    reasons.append(reason)
            refusal = self._known[key] = PlacesRefused(reasons=tuple(reasons))
        return refusal

    def _reasons(self, asked: AskedAlike, entries: Sequence[Entry]) -> Iterator[Reason]:
        busy = [entry[1] for entry in entries if entry[0] == _PERSON]
        if busy:
            yield _busy(asked, busy)
        full = set()
        for _, number, left, limit, persons in (each for each in entries if each[0] == _WINDOW):
            window = self._group.windows[number - 1]
            if self._strange[number - 1]:
                raise WindowDiffersError(
                    f"{window.quota} from {window.starts} was opened for other days than"
                    f" {window.days} of them"
                )
            full.add(window.key)
            facts = {"limit": str(limit), "left": str(max(0, left))}
            yield _full(ReasonCode.QUOTA_FULL, asked.phase, window, persons, facts)
        for _, number, left, cap_left, persons in (each for each in entries if each[0] == _CHOICE):
            choice: Choice = asked.choices[number]
            if choice.cap.key not in full:
                facts = {"left": str(left), "reserved": str(cap_left - left)}
                code = ReasonCode.QUOTA_RESERVED
                yield _full(code, asked.phase, choice.cap, persons, facts)


def _busy(asked: AskedAlike, numbers: Sequence[int]) -> Reason:
    path = f"phases/{asked.phase}/directions/{asked.legs[0].direction}/booking"
    return Reason(
        code=ReasonCode.LIVE_BOOKING_EXISTS,
        clause=f"{path}/live_journeys_per_person_max",
        facts={
            "live_journeys_max": str(asked.live_journeys_per_person_max),
            "person_numbers": ", ".join(map(str, sorted(numbers))),
        },
    )


def _full(
    code: ReasonCode, phase: PhaseId, window: Window, persons: int, room: dict[str, str]
) -> Reason:
    dimensions = {name: value for name, value in window.dimensions if name != PERSON_DIMENSION}
    return Reason(
        code=code,
        clause=f"phases/{phase}/quotas/{window.quota}",
        facts=dimensions
        | {
            "quota": window.quota,
            "window_start": window.starts.isoformat(),
            "window_days": str(window.days),
            "persons": str(persons),
        }
        | room,
    )
