"""What is said of a refusal of the ledger: the claims of its clause, and which window is next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from tongguan.app.ledger_port import PlacesAnswer, PlacesRefused
from tongguan.app.schemes import Holding
from tongguan.app.stores import AuditLog
from tongguan.core.booking.citations import cited
from tongguan.core.identifiers import JourneyId
from tongguan.core.quota.next_window import next_window
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Quota

NONE_FOLLOWS: Final = "none"
"""The fact ``next_window_start`` where the phase ends before another window can be booked."""
_FULL: Final = frozenset({ReasonCode.QUOTA_FULL, ReasonCode.QUOTA_RESERVED})

_Window = tuple[str, str, tuple[tuple[str, str], ...]]
"""The quota, the first day and the dimensions of a window, as facts say them."""


@dataclass(kw_only=True)
class LedgerRefusals:
    """Refusals under one text at one instant; what many have in common is worked out once."""

    holding: Holding
    now: datetime
    _said: dict[int, tuple[PlacesRefused, PlacesRefused]] = field(default_factory=dict, init=False)
    """By the identity of what the ledger said: parties refused alike share one value."""
    _following: dict[_Window, dict[str, str]] = field(default_factory=dict, init=False)

    def of(self, refused: PlacesRefused) -> PlacesRefused:
        """The same reasons, with claims and, where a quota is full, what comes after it."""
        if id(refused) not in self._said:
            reasons = tuple(
                replace(each, facts={**each.facts, **self._what_follows(each.facts)})
                if each.code in _FULL
                else each
                for each in cited(self.holding.phase, refused.reasons)
            )
            self._said[id(refused)] = (refused, PlacesRefused(reasons=reasons))
        return self._said[id(refused)][1]

    def _what_follows(self, facts: Mapping[str, str]) -> dict[str, str]:
        phase = self.holding.phase
        quota = next(each for each in phase.quotas if each.id == facts["quota"])
        dimensions = tuple((name, facts[name]) for name in quota.counts if name in facts)
        key = (facts["quota"], facts["window_start"], dimensions)
        if key not in self._following:
            self._following[key] = self._next_facts(quota, key)
        return self._following[key]

    def _next_facts(self, quota: Quota, window: _Window) -> dict[str, str]:
        _, starts, dimensions = window
        found = next_window(
            self.holding.version,
            self.holding.phase,
            quota,
            dict(dimensions),
            after=date.fromisoformat(starts),
            now=self.now,
            suspensions=self.holding.suspensions,
        )
        if found is None:
            return {"next_window_start": NONE_FOLLOWS}
        return {
            "next_window_start": found.starts.isoformat(),
            "next_opens_at": found.opens.isoformat(timespec="minutes"),
        }


def record_refusals(
    audit: AuditLog,
    at: datetime,
    *,
    by: str,
    action: str,
    decided: Iterable[tuple[JourneyId, PlacesAnswer]],
) -> None:
    """Put those who were refused on the record of acts; what is granted the ledger records."""
    codes: dict[int, tuple[str, ...]] = {}
    refused = []
    for journey, answer in decided:
        if isinstance(answer, PlacesRefused):
            # Parties refused alike share one value.
            if id(answer) not in codes:
                codes[id(answer)] = tuple(each.code.value for each in answer.reasons)
            refused.append((journey, codes[id(answer)]))
    if refused:
        audit.record_refused(at, by, action, refused)
