"""Crossings of a category that the phase no longer has, and that none of its caps counts.

A grant that was kept from an earlier text has its old category. Where a text limits each category
by itself, nothing would limit such a crossing: no number of places was ever stated for it.
"""

from collections.abc import Iterable
from dataclasses import replace

from tongguan.core.decisions import Reason
from tongguan.core.identifiers import CategoryId
from tongguan.core.quota.windows import PERSON_DIMENSION, Crossing, dimensions_of
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import EACH, Phase, Quota, QuotaKind

_CATEGORY = "category"


def uncounted_reasons(phase: Phase, crossings: Iterable[Crossing]) -> tuple[Reason, ...]:
    """One reason for each category that is gone and that no cap counts where it limits others."""
    found: dict[str, Quota] = {}
    for crossing in crossings:
        cap = _cap_of_others(phase, crossing)
        if cap is not None:
            found.setdefault(crossing.category, cap)
    return tuple(
        Reason(
            code=ReasonCode.CATEGORY_NOT_COUNTED,
            clause=f"phases/{phase.id}/quotas/{cap.id}",
            claims=cap.basis.claims,
            facts={_CATEGORY: category},
        )
        for category, cap in found.items()
    )


def has_places_for(phase: Phase, category: CategoryId) -> bool:
    """Whether a category may take any: it is of the phase, a cap may count it, or there is none."""
    if any(each.id == category for each in phase.categories):
        return True
    caps = [each.counts.get(_CATEGORY, EACH) for each in _caps(phase)]
    return not caps or any(counted in (EACH, category) for counted in caps)


def _caps(phase: Phase) -> list[Quota]:
    """Those that say how many cross together, as a cap on each person does not."""
    return [
        each
        for each in phase.quotas
        if each.kind is QuotaKind.CAP and PERSON_DIMENSION not in each.counts
    ]


def _cap_of_others(phase: Phase, crossing: Crossing) -> Quota | None:
    """A cap that would count the crossing if it were of another category; ``None`` if one does."""
    if any(each.id == crossing.category for each in phase.categories):
        return None
    caps = _caps(phase)
    if any(dimensions_of(each, crossing) is not None for each in caps):
        return None
    return next((each for each in caps if _would_count(each, crossing)), None)


def _would_count(cap: Quota, crossing: Crossing) -> bool:
    others = {name: value for name, value in cap.counts.items() if name != _CATEGORY}
    return dimensions_of(replace(cap, counts=others), crossing) is not None
