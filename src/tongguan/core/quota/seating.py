"""Who gets a place where: one demand after another against what is taken already.

The ledger does the same under its locks for a single booking; this is for whoever has to work out
many in advance, such as the transition from one text to the next.
"""

from collections import Counter
from collections.abc import Mapping

from tongguan.core.quota.demand import Demand
from tongguan.core.quota.windows import Window, WindowKey

Counted = tuple[tuple[Window, int], ...]
"""Every window and part that counts a party, with the number of persons, in key order."""


def seat(demand: Demand, taken: Mapping[WindowKey, int]) -> Counted | None:
    """What the demand takes of each window beside what is taken; ``None`` where it has no room."""
    counted, unseated = _chosen(demand, taken)
    full = any(taken.get(each.key, 0) + persons > each.limit for each, persons in counted.items())
    return None if unseated or full else _in_order(counted)


def seat_beyond(demand: Demand, taken: Mapping[WindowKey, int]) -> Counted:
    """As ``seat``, but where there is no room beyond the limit, in the first part of a choice."""
    counted, unseated = _chosen(demand, taken)
    return _in_order(counted + unseated)


def added(taken: Mapping[WindowKey, int], counted: Counted) -> Mapping[WindowKey, int]:
    """What is taken once these persons are counted too."""
    sums = Counter(taken)
    for window, persons in counted:
        sums[window.key] += persons
    return sums


def _chosen(
    demand: Demand, taken: Mapping[WindowKey, int]
) -> tuple[Counter[Window], Counter[Window]]:
    """Who is counted where, each in the first part with room; and who found none, by first part."""
    counted: Counter[Window] = Counter(dict(demand.windows))
    unseated: Counter[Window] = Counter()
    for choice in demand.choices:
        wanted = choice.persons
        for window in choice.windows:
            room = window.limit - taken.get(window.key, 0) - counted[window]
            persons = max(0, min(wanted, room))
            counted[window] += persons
            wanted -= persons
        if wanted:
            unseated[choice.windows[0]] += wanted
    return counted, unseated


def _in_order(counted: Mapping[Window, int]) -> Counted:
    return tuple(sorted((window, persons) for window, persons in counted.items() if persons))
