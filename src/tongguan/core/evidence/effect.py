"""Whether something makes a colour worse: what is guarded is the effect, whatever the kind."""

from datetime import datetime

from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.judgement import Finding, Judgement, gravity


def is_worse(before: Judgement, after: Judgement) -> bool:
    """Whether the colour is worse afterwards, at once or at any later instant.

    A finding that outlasts one already there is worse too: else whoever waits until somebody is
    red could keep them red unseen.
    """
    ends = {each.until for each in (*before.findings, *after.findings) if each.until is not None}
    return any(
        gravity(_colour_from(after, end)) > gravity(_colour_from(before, end))
        for end in (None, *ends)
    )


def new_findings(before: Judgement, after: Judgement) -> tuple[Finding, ...]:
    """Findings of evidence that gave none before, or a lesser one; the gravest first.

    Lesser is one of a lesser colour, one that ended earlier, and a case that was discharged.
    """
    had = {each.evidence: each for each in before.findings}
    return tuple(
        each
        for each in after.findings
        if each.evidence not in had or _is_more(each, had[each.evidence])
    )


def is_adverse(before: Judgement, after: Judgement) -> bool:
    """Whether an act from one to the other has to be answered for.

    A new finding is adverse even where the person has that colour already, for the other may be
    lifted tomorrow.
    """
    return is_worse(before, after) or bool(new_findings(before, after))


def gone_findings(before: Judgement, after: Judgement) -> tuple[Finding, ...]:
    """Findings whose evidence gives none any more."""
    has = {each.evidence for each in after.findings}
    return tuple(each for each in before.findings if each.evidence not in has)


def _is_more(after: Finding, before: Finding) -> bool:
    if gravity(after.colour) != gravity(before.colour):
        return gravity(after.colour) > gravity(before.colour)
    is_longer = before.until is not None and (after.until is None or after.until > before.until)
    was_discharged = before.reason is HealthReason.DISCHARGED_RECENTLY
    return is_longer or (was_discharged and after.reason is not before.reason)


def _colour_from(judgement: Judgement, instant: datetime | None) -> Colour:
    """The colour from an instant on, as findings end by themselves; ``None`` for now."""
    standing = [
        each.colour
        for each in judgement.findings
        if instant is None or each.until is None or each.until > instant
    ]
    return max(standing, key=gravity, default=Colour.GREEN)
