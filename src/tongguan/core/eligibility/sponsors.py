"""Whether a sponsor answers for everyone in a party."""

from collections.abc import Iterator

from tongguan.core.decisions import Reason
from tongguan.core.identifiers import SponsorId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import AllocationMethod, Category, Phase

_SHOWN_CHARACTERS_MAX = 40


def sponsor_reasons(
    phase: Phase, category: Category, sponsor: SponsorId | None, not_on_list: tuple[int, ...]
) -> Iterator[Reason]:
    """Refuses a sponsor that the phase has not, or that does not answer for everyone.

    A category that gives out by lists needs a sponsor; under any other one may be named.
    """
    by_list = category.allocation is AllocationMethod.SPONSOR_LIST
    clause = f"phases/{phase.id}/categories/{category.id}/allocation"
    if sponsor is None:
        if by_list:
            yield Reason(
                code=ReasonCode.SPONSOR_MISSING, clause=clause, claims=category.basis.claims
            )
        return
    if all(each.id != sponsor for each in phase.sponsors):
        yield Reason(
            code=ReasonCode.SPONSOR_UNKNOWN,
            clause=f"phases/{phase.id}/sponsors",
            claims=phase.basis.claims,
            facts={"sponsor": sponsor[:_SHOWN_CHARACTERS_MAX]},
        )
    elif not_on_list:
        # Whoever names a sponsor counts against its places, so it must have named them too.
        yield Reason(
            code=ReasonCode.NOT_ON_SPONSOR_LIST,
            clause=clause,
            claims=category.basis.claims,
            facts={
                "sponsor": sponsor,
                "person_numbers": ", ".join(str(number + 1) for number in not_on_list),
            },
        )
