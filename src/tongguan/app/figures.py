"""Daily figures: signed here, received from the other side, and what criteria and breakers say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tongguan.app.authorities import Authority
from tongguan.app.ports import Transaction
from tongguan.app.public import public_overview
from tongguan.app.receipts import Receipt
from tongguan.app.schemes import (
    CLOCK_TOLERANCE,
    adopted_texts,
    all_figures,
    note_done,
    trusted_keys,
    version_by_digest,
)
from tongguan.app.stores import StoredFigures
from tongguan.app.suspensions import tell_holders
from tongguan.core.calendar import local_day, whole_second
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.identifiers import MetricId, PhaseId, QuotaId, SchemeId, VersionDigest
from tongguan.core.scheme.figures import (
    DailyFigures,
    SignedFigures,
    figures_by_day,
    figures_fault,
    read_kept_figures,
    read_signed_figures,
    sign_figures,
)
from tongguan.core.scheme.measures import Evaluation, MeasureState, evaluate
from tongguan.core.scheme.model import Criterion, MetricUnit, Version
from tongguan.core.scheme.state import find_phase


class FiguresRefusedError(ValueError):
    """Figures that may not be signed: the stable word of ``figures_fault``."""


def sign_day(
    authority: Authority, scheme: SchemeId, day: date, values: Mapping[MetricId, int]
) -> SignedFigures:
    """Sign figures of a day; what this authority said of it before and is not named again stays.

    Raises ``FiguresRefusedError`` where a text of the scheme does not declare them so.
    """
    with authority.database.transaction() as transaction:
        before = _own_of_day(authority, transaction, scheme, day)
        at = whole_second(transaction.now)
        if before is not None:
            # A correction is dated after what it corrects, or it would not count.
            at = max(at, before.at + timedelta(seconds=1))
        earlier = {} if before is None else dict(before.values)
        figures = DailyFigures(
            authority=authority.id, scheme=scheme, day=day, at=at, values={**earlier, **values}
        )
        fault = figures_fault(figures, adopted_texts(transaction).values())
        if fault is not None:
            raise FiguresRefusedError(fault)
        if before is not None and before.values == figures.values:
            return _kept(transaction, before)
        signed = sign_figures(figures, authority.keys.signing_key(KeyUse.SCHEME, at))
        _keep(transaction, signed)
        note_done(transaction, authority, "figures.sign", scheme, day.isoformat())
        tell_holders(transaction)
        return signed


def receive_figures(authority: Authority, message: bytes) -> Receipt:
    """Keep figures that a trusted authority signed; anything else is refused and not kept.

    As with acts, what is kept stands: its key is asked for here and never again.
    """
    with authority.database.transaction() as transaction:
        signed = read_signed_figures(message, trusted_keys(authority, transaction))
        if isinstance(signed, Unreadable):
            return Receipt(is_new=False, refused=signed.code.value)
        figures = signed.statement
        refused = figures_fault(figures, adopted_texts(transaction).values())
        if figures.at > transaction.now + CLOCK_TOLERANCE:
            refused = "dated_ahead"
        if refused is not None:
            return Receipt(is_new=False, refused=refused)
        is_new = _keep(transaction, signed)
        if is_new:
            note_done(
                transaction, authority, "figures.receive", figures.scheme, figures.day.isoformat()
            )
            tell_holders(transaction)
        return Receipt(is_new=is_new, refused=None)


def places_taken_percent(authority: Authority, quota: QuotaId, day: date) -> int:
    """How many of a quota's places of one day are taken by this authority's ledger, rounded down.

    All windows of the quota on that day together, and 100 where more is honoured than the limit.
    Raises ``FiguresRefusedError`` where this authority keeps no places of such a quota by the day.
    """
    overview = public_overview(authority, days=1, first=day)
    counts = [
        each
        for each in overview.quotas
        if (each.window.quota, each.window.starts, each.window.days) == (quota, day, 1)
    ]
    places = sum(each.window.limit for each in counts)
    if not places:
        raise FiguresRefusedError("no_places_of_the_quota")
    return min(100, sum(each.taken for each in counts) * 100 // places)


def require_percentage(authority: Authority, scheme: SchemeId, metric: MetricId) -> None:
    """Raises ``FiguresRefusedError`` unless some text of the scheme has the figure as a percentage.

    How full a quota is must not be signed as a number of anything else.
    """
    with authority.database.transaction() as transaction:
        units = {
            each.unit
            for version in adopted_texts(transaction).values()
            if version.scheme == scheme
            for each in version.metrics
            if each.id == metric
        }
    if units and units != {MetricUnit.PERCENT}:
        raise FiguresRefusedError("not_a_percentage")


def figures_kept(authority: Authority) -> tuple[DailyFigures, ...]:
    """All figures this authority holds, by day and authority, corrections after what they mend."""
    with authority.database.transaction() as transaction:
        figures = all_figures(transaction)
    return tuple(sorted(figures, key=lambda each: (each.day, each.authority, each.at)))


@dataclass(frozen=True, kw_only=True, slots=True)
class CriterionState:
    """A criterion of a phase, asked for a day."""

    criterion: Criterion
    found: Evaluation

    @property
    def is_met(self) -> bool:
        """Whether every authority that reports has met it."""
        return self.found.state is MeasureState.MET


def criteria_states(
    authority: Authority, digest: VersionDigest, phase: PhaseId, day: date | None = None
) -> tuple[CriterionState, ...]:
    """The criteria of a phase with the numbers; ``None`` asks for yesterday, the last whole day."""
    with authority.database.transaction() as transaction:
        return criteria_now(transaction, version_by_digest(transaction, digest), phase, day)


def criteria_now(
    transaction: Transaction, version: Version, phase_id: PhaseId, day: date | None = None
) -> tuple[CriterionState, ...]:
    """As ``criteria_states``, within a transaction."""
    now = transaction.now
    asked = day or local_day(now, version.zone) - timedelta(days=1)
    reported = figures_by_day(all_figures(transaction), version, now)
    phase = find_phase(version, phase_id)
    return tuple(
        CriterionState(criterion=each, found=evaluate(version, each.measure, reported, asked))
        for each in (() if phase is None else phase.criteria)
    )


def _own_of_day(
    authority: Authority, transaction: Transaction, scheme: SchemeId, day: date
) -> DailyFigures | None:
    own = [
        each
        for each in all_figures(transaction)
        if (each.authority, each.scheme, each.day) == (authority.id, scheme, day)
    ]
    return max(own, key=lambda each: each.at, default=None)


def _kept(transaction: Transaction, figures: DailyFigures) -> SignedFigures:
    read = (read_kept_figures(each) for each in transaction.figures.all())
    return next(each for each in read if each.statement == figures)


def _keep(transaction: Transaction, signed: SignedFigures) -> bool:
    figures = signed.statement
    return transaction.figures.add(
        StoredFigures(
            authority=figures.authority,
            scheme=figures.scheme,
            day=figures.day,
            signed=signed.message,
            received_at=transaction.now,
        )
    )
