"""From one text to the next: what people hold is brought under what holds now, once.

The authority that keeps places records under which text, phase and last day they stand. While that
is not what holds, nothing is booked: whoever books, hears the other side or keeps the deployment
up makes the transition first. It is one transaction that holds the text alone, so that it is done
whole or not at all, and nobody ever books beside it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tongguan.app.authorities import Authority
from tongguan.app.change_stores import AppliedText, Notice
from tongguan.app.ports import Transaction
from tongguan.app.schemes import Holding, note_done, version_by_digest, what_holds
from tongguan.app.transition_drafts import Draft, draft_transition
from tongguan.app.transition_writing import notices_due, write_grants, write_journeys
from tongguan.core.booking.keepers import keeps_places
from tongguan.core.calendar import local_day
from tongguan.core.change.plan import Fate, WindowFate
from tongguan.core.identifiers import PhaseId, QuotaId, VersionDigest, VersionId
from tongguan.core.notices import NoticeCode
from tongguan.core.scheme.model import Phase, Version
from tongguan.core.scheme.state import PhaseState
from tongguan.core.scheme.unknowns import blocking


class TransitionPendingError(Exception):
    """What holds is not what the places stand under yet: the transition comes first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TransitionReport:
    """Whom a transition touches, or touched; no personal data."""

    at: datetime
    before: VersionId | None
    """The text under which the places stood; ``None`` where none was applied."""
    version: VersionId
    phase: PhaseId
    windows: Mapping[QuotaId, Mapping[WindowFate, int]]
    """Windows in which somebody is counted and that are not as they were, by quota."""
    journeys: Mapping[Fate, int]
    places: Mapping[Fate, int]
    """Places of these journeys, those already used among them."""
    grants_kept: int
    grants_lapsed: int
    notices: Mapping[NoticeCode, int]
    told: tuple[str, ...]
    """References of the applications whose holders are told."""


def require_applied(authority: Authority, transaction: Transaction, holding: Holding) -> None:
    """Raise ``TransitionPendingError`` while the places stand under something else.

    Asked by whoever books, while it holds the text.
    """
    if _is_pending(authority, transaction, holding):
        raise TransitionPendingError


def apply_what_holds(authority: Authority) -> TransitionReport | None:
    """Bring everything under what holds now; ``None`` where it stands under it already.

    Any number at once, and again after a failure: it is done once.
    """
    with authority.database.transaction() as transaction:
        holding = what_holds(transaction)
        if holding is None or not _is_pending(authority, transaction, holding):
            return None
    with authority.database.transaction() as transaction:
        transaction.ledger.hold_text_alone()
        holding = what_holds(transaction)
        if holding is None or not _is_pending(authority, transaction, holding):
            return None  # another was faster
        draft = draft_transition(transaction, holding)
        notices = notices_due(transaction, draft)
        write_journeys(transaction, draft)
        write_grants(transaction, draft)
        transaction.notices.add(notices)
        report = _report(transaction, draft, notices)
        transaction.transitions.add(_applied(holding, report))
        note_done(transaction, authority, "transition.apply", holding.version.id, holding.phase.id)
        return report


def preview_transition(
    authority: Authority, version: Version, digest: VersionDigest, phase: Phase
) -> TransitionReport | None:
    """Whom the phase of a text would touch if it began to hold now; nothing is written.

    ``None`` while something that nobody has stated blocks the phase: it could touch anyone.
    """
    if blocking(version, phase.id):
        return None
    with authority.database.transaction() as transaction:
        draft = draft_transition(transaction, _as_if(transaction, version, digest, phase))
        return _report(transaction, draft, notices_due(transaction, draft))


def _as_if(
    transaction: Transaction, version: Version, digest: VersionDigest, phase: Phase
) -> Holding:
    """The phase as it would hold from now on."""
    holding = what_holds(transaction)
    first_day = local_day(transaction.now, version.zone)
    if holding is not None and holding.state is not PhaseState.ENDED and holding.first_day:
        first_day = holding.first_day
    ends = min((day for day in (phase.ends, version.data.ends) if day is not None), default=None)
    return Holding(
        version=version,
        digest=digest,
        phase=replace(phase, ends=ends),
        state=PhaseState.ACTIVE,
        since=transaction.now,
        first_day=first_day,
    )


def _is_pending(authority: Authority, transaction: Transaction, holding: Holding) -> bool:
    applied = transaction.transitions.applied()
    if applied is None:
        return keeps_places(holding.version, holding.phase, authority.id)
    wanted = (holding.digest, holding.phase.id, holding.phase.ends)
    return (applied.digest, applied.phase, applied.last_day) != wanted


def _report(
    transaction: Transaction, draft: Draft, notices: tuple[Notice, ...]
) -> TransitionReport:
    windows: defaultdict[QuotaId, Counter[WindowFate]] = defaultdict(Counter)
    for change in draft.windows:
        windows[change.quota][change.fate] += 1
    journeys: Counter[Fate] = Counter()
    places: Counter[Fate] = Counter()
    for journey, planned in draft.journeys:
        journeys[planned.fate] += 1
        places[planned.fate] += len(journey.places)
    before = draft.before
    return TransitionReport(
        at=transaction.now,
        before=None if before is None else version_by_digest(transaction, before.digest).id,
        version=draft.target.version.id,
        phase=draft.target.phase.id,
        windows={quota: dict(fates) for quota, fates in windows.items()},
        journeys=dict(journeys),
        places=dict(places),
        grants_kept=len(draft.grants_kept),
        grants_lapsed=len(draft.grants_lapsed),
        notices=dict(Counter(each.code for each in notices)),
        told=transaction.grants.references(
            tuple(dict.fromkeys(each.application for each in notices))
        ),
    )


def _applied(holding: Holding, report: TransitionReport) -> AppliedText:
    counts = {f"journeys_{fate.value}": number for fate, number in report.journeys.items()}
    return AppliedText(
        scheme=holding.version.scheme,
        digest=holding.digest,
        phase=holding.phase.id,
        last_day=holding.phase.ends,
        applied_at=report.at,
        counts=counts | {"grants_kept": report.grants_kept, "grants_lapsed": report.grants_lapsed},
    )
