"""Room under the new text, given out in the order in which journeys were booked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tongguan.core.change.held import WindowBefore
from tongguan.core.quota.demand import Demand, demand_of
from tongguan.core.quota.limits import Reckoning
from tongguan.core.quota.seating import Counted, seat, seat_beyond
from tongguan.core.quota.windows import Crossing, Window, WindowKey


@dataclass(kw_only=True, slots=True)
class Seats:
    """Who is counted where so far; the one value of the plan that changes while it is made."""

    reckoning: Reckoning
    before: Mapping[WindowKey, WindowBefore]
    taken: Counter[WindowKey] = field(default_factory=Counter)
    _expected: Counter[WindowKey] = field(default_factory=Counter)
    _closed: set[WindowKey] = field(default_factory=set)
    _closed_choices: set[frozenset[WindowKey]] = field(default_factory=set)

    def demand(self, crossings: Sequence[Crossing]) -> Demand:
        """What the new text counts the crossings in."""
        return demand_of(self.reckoning, crossings)

    def count(self, counted: Counted) -> Counted:
        """Count them from now on."""
        for window, persons in counted:
            self.taken[window.key] += persons
        return counted

    def as_before(self, demand: Demand, counted: Mapping[WindowKey, int]) -> Counted | None:
        """What counted a journey before, where the new text may count it the same way."""
        windows = dict(_by_key(demand))
        parts = {key: persons for key, persons in counted.items() if key not in _caps(demand)}
        if {key: counted.get(key) for key in _caps(demand)} != _caps(demand):
            return None
        for choice in demand.choices:
            own = [each.key for each in choice.windows if each.key in parts]
            if sum(parts.pop(key) for key in own) != choice.persons:
                return None
        if parts:
            return None
        return tuple(sorted((windows[key], persons) for key, persons in counted.items()))

    def has_shrunk(self, counted: Counted) -> bool:
        """Whether any of these windows has fewer places than under the text before."""
        return any(
            window.key in self.before and window.limit < self.before[window.key].capacity
            for window, _ in counted
        )

    def holds(self, counted: Counted) -> bool:
        """Whether there is room for exactly this, those honoured before beside the limit."""
        return all(
            self.taken[window.key] + persons <= window.limit + self._honoured(window)
            for window, persons in counted
        )

    def seat_kept(self, demand: Demand, counted: Mapping[WindowKey, int]) -> Counted | None:
        """A place for who has one already, best where it was; ``None`` where there is no room."""
        as_before = self.as_before(demand, counted)
        if as_before is not None and self.holds(as_before):
            return as_before
        taken = {
            window.key: self.taken[window.key] - self._honoured(window)
            for window in _by_key(demand).values()
        }
        return seat(demand, taken)

    def seat_new(self, demand: Demand) -> Counted | None:
        """A place within the limits alone, beside whoever is expected to stay; ``None`` where
        there is no room.
        """
        return seat(demand, self._with_expected(demand))

    def seat_beyond(self, demand: Demand) -> Counted:
        """A place in any case, beyond the limits where it must be."""
        return seat_beyond(demand, self.taken)

    def expect(self, demand: Demand) -> Counted:
        """Keep room for who has no place yet and stays where they are if nothing else is found.

        Or somebody would be moved to where they are honoured, and both would be beyond the limit.
        """
        counted = seat_beyond(demand, self._with_expected(demand))
        for window, persons in counted:
            self._expected[window.key] += persons
        return counted

    def expect_no_longer(self, counted: Counted) -> None:
        """Keep no more room for them: it is their turn."""
        for window, persons in counted:
            self._expected[window.key] -= persons

    def close_for_later(self, demand: Demand) -> None:
        """Let nobody who booked later have what this demand did not get."""
        full = [
            window
            for window, persons in demand.windows
            if self.taken[window.key] + persons > window.limit + self._honoured(window)
        ]
        self._closed.update(window.key for window in full)
        if full:
            return
        for choice in demand.choices:
            room = sum(
                max(0, each.limit + self._honoured(each) - self.taken[each.key])
                for each in choice.windows
            )
            if room < choice.persons:
                self._closed_choices.add(frozenset(each.key for each in choice.windows))

    def is_closed(self, demand: Demand) -> bool:
        """Whether someone who booked earlier did not get what this demand asks for."""
        return any(window.key in self._closed for window, _ in demand.windows) or any(
            {each.key for each in choice.windows} <= closed
            for choice in demand.choices
            for closed in self._closed_choices
        )

    def _with_expected(self, demand: Demand) -> dict[WindowKey, int]:
        return {key: self.taken[key] + self._expected[key] for key in _by_key(demand)}

    def _honoured(self, window: Window) -> int:
        """What was promised beyond the limit before, while the limit is no lower than then."""
        before = self.before.get(window.key)
        if before is None or window.limit < before.capacity:
            return 0
        return max(0, before.capacity + before.honoured - window.limit)


def _caps(demand: Demand) -> dict[WindowKey, int]:
    return {window.key: persons for window, persons in demand.windows}


def _by_key(demand: Demand) -> dict[WindowKey, Window]:
    parts = (window for choice in demand.choices for window in choice.windows)
    return {each.key: each for each in (*parts, *(window for window, _ in demand.windows))}
