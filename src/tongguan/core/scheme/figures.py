"""Daily figures: what an authority says, once a day and under its signature, that it counted.

One statement stands for an authority and a day. A correction is a later statement for the same
day: the one dated last counts as a whole, and both are kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from tongguan.core.calendar import local_day
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeySet, SigningKey
from tongguan.core.identifiers import AuthorityId, MetricId, SchemeId
from tongguan.core.scheme.language.containers import MapOf
from tongguan.core.scheme.language.reader import Kind
from tongguan.core.scheme.language.scalars import Characters, Day, Moment, Whole
from tongguan.core.scheme.language.words import NAME, PARTY_NAME
from tongguan.core.scheme.model import Metric, MetricUnit, Version
from tongguan.core.scheme.statements import SignedStatement, StatementForm

MEDIA_TYPE: Final = "application/tongguan-figures+json"
VALUE_MAX: Final[Mapping[MetricUnit, int]] = {
    MetricUnit.COUNT: 10_000_000,
    MetricUnit.PERCENT: 100,
    MetricUnit.MINUTES: 10_080,
}
"""The greatest figure of each unit; a wait is no longer than a week. None is below 0."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DailyFigures:
    """The figures of one authority for one day."""

    authority: AuthorityId
    scheme: SchemeId
    day: date
    """The calendar day in the scheme's zone that was counted."""
    at: datetime
    """When the authority says that it signed them; whole seconds, aware."""
    values: Mapping[MetricId, int]

    def __post_init__(self) -> None:
        """ValueError for figures that cannot be."""
        if self.at.utcoffset() is None or self.at.microsecond:
            raise ValueError("figures are dated by a whole second with a zone")
        if not self.values:
            raise ValueError("figures say something")

    def __hash__(self) -> int:
        """By what is signed; the mapping itself has no hash."""
        return hash((self.authority, self.scheme, self.day, self.at, *sorted(self.values.items())))


SignedFigures = SignedStatement[DailyFigures]

_MEMBERS: Final[dict[str, Kind]] = {
    "at": Moment(),
    "authority": PARTY_NAME,
    "day": Day(),
    "scheme": Characters(pattern=r"[a-z][a-z0-9-]*", hint="name", maximum=40),
    "values": MapOf(
        of=Whole(minimum=0, maximum=max(VALUE_MAX.values())),
        key=NAME.pattern,
        key_hint="imported-cases",
        minimum=1,
    ),
}
_FORM: Final = StatementForm(media_type=MEDIA_TYPE, members=_MEMBERS, build=DailyFigures)


def sign_figures(figures: DailyFigures, key: SigningKey) -> SignedFigures:
    """The figures as a signed message of their authority; faults as ``StatementForm.sign``."""
    return _FORM.sign(figures, key)


def read_signed_figures(message: bytes, keys: KeySet) -> SignedFigures | Unreadable:
    """The figures in a message, when a scheme key of their authority vouches for them now."""
    return _FORM.read_signed(message, keys)


def read_received_figures(message: bytes, keys: KeySet) -> SignedFigures | Unreadable:
    """The figures that a key vouched for when received; see ``StatementForm.read_received``."""
    return _FORM.read_received(message, keys)


def read_kept_figures(message: bytes) -> SignedFigures:
    """The figures in a message found good before it was kept; ValueError if they are none."""
    return _FORM.read_kept(message)


def figures_fault(figures: DailyFigures, texts: Iterable[Version]) -> str | None:
    """Why figures mean nothing under texts of their scheme, as a stable word; or ``None``.

    Each metric must be declared, by at least one of the texts, as reported by this authority, and
    the number must be one that its unit can have. A day that is not over in the scheme's zone can
    be reported; a day to come cannot.
    """
    own = [each for each in texts if each.scheme == figures.scheme]
    if not own:
        return "text_not_adopted"
    if all(figures.day > local_day(figures.at, each.zone) for each in own):
        return "day_to_come"
    for metric, value in figures.values.items():
        declared = [each for text in own for each in text.metrics if each.id == metric]
        if not declared:
            return "metric_unknown"
        if not any(_may_report(each, figures.authority) for each in declared):
            return "not_reported_by_this_authority"
        if all(value > VALUE_MAX[each.unit] for each in declared):
            return "out_of_bounds"
    return None


def _may_report(metric: Metric, authority: AuthorityId) -> bool:
    return authority in metric.reported_by


def figures_by_day(
    figures: Iterable[DailyFigures], version: Version, now: datetime
) -> Mapping[tuple[AuthorityId, date], DailyFigures]:
    """The statement that counts for each authority and day at an instant, in whatever order.

    Those dated later than ``now`` are not there yet. Of two of one second the one with the greater
    values counts, so that both sides take the same.
    """
    counting: dict[tuple[AuthorityId, date], DailyFigures] = {}
    for each in figures:
        if each.scheme != version.scheme or each.at > now:
            continue
        key = (each.authority, each.day)
        if key not in counting or _rank(each) > _rank(counting[key]):
            counting[key] = each
    return counting


def _rank(figures: DailyFigures) -> tuple[datetime, list[tuple[MetricId, int]]]:
    return figures.at, sorted(figures.values.items())
