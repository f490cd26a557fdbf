"""What a party's crossings ask of the ledger: windows that count them, and choices among parts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tongguan.core.quota.choices import Choice, KeptPart, choice_of, parts_kept
from tongguan.core.quota.limits import (
    Reckoning,
    reckoned,
    require_stated,
    stated_window,
    window_before,
)
from tongguan.core.quota.windows import Crossing, Window, dimensions_of
from tongguan.core.scheme.model import CarryOver, Quota, QuotaKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Demand:
    """Every window that counts the crossings with its persons, in key order, and the choices."""

    windows: tuple[tuple[Window, int], ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Touched:
    """A cap that counts a crossing, in which of its windows, and the parts kept in it."""

    cap: Quota
    window: Window
    kept: tuple[KeptPart, ...]


def demand_of(reckoning: Reckoning, crossings: Sequence[Crossing]) -> Demand:
    """What the crossings ask for; one that is given twice counts once.

    Raises ``UnstatedQuotaError`` when a quota of the phase or the start of the week is unstated,
    ``KeyError`` when the count of a window before (``windows_before``) was not given.
    """
    windows: Counter[Window] = Counter()
    choices: Counter[tuple[Window, tuple[Window, ...]]] = Counter()
    for crossing in dict.fromkeys(crossings):
        for touched in _touched(reckoning, crossing):
            window = reckoned(reckoning, touched.cap, touched.window)
            windows[window] += 1
            if touched.kept:
                parts = choice_of(reckoning, window, touched.kept, crossing)
                choices[window, parts] += 1
    return Demand(
        windows=tuple(sorted(windows.items())),
        choices=tuple(
            Choice(cap=cap, windows=parts, persons=persons)
            for (cap, parts), persons in choices.items()
        ),
    )


def windows_touched(reckoning: Reckoning, crossing: Crossing) -> tuple[Window, ...]:
    """The windows that count the crossing, one for each cap that matches, in key order."""
    return tuple(window for window, _ in demand_of(reckoning, [crossing]).windows)


def windows_before(reckoning: Reckoning, crossings: Sequence[Crossing]) -> tuple[Window, ...]:
    """The windows whose counts the limits of these crossings follow from, in key order.

    They are over. There are none where no quota carries anything over.
    """
    if all(quota.carry_over is CarryOver.NONE for quota in reckoning.phase.quotas):
        return ()
    found = {
        window_before(reckoning, touched.cap, touched.window)
        for crossing in dict.fromkeys(crossings)
        for touched in _touched(reckoning, crossing)
    }
    return tuple(sorted(window for window in found if window is not None))


def _touched(reckoning: Reckoning, crossing: Crossing) -> Iterator[_Touched]:
    for quota in reckoning.phase.quotas:
        require_stated(quota)
        dimensions = dimensions_of(quota, crossing)
        if quota.kind is QuotaKind.CAP and dimensions is not None:
            window = stated_window(reckoning, quota, dimensions, crossing.day)
            yield _Touched(cap=quota, window=window, kept=parts_kept(reckoning, quota, window))
