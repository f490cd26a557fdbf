"""The rules of a scheme in sentences: when places come up, what is asked of whom, what is kept."""

from collections.abc import Iterable, Iterator
from datetime import date, time

from django import template

from tongguan.adapters.health_way_words import way_said
from tongguan.adapters.reader import Reader
from tongguan.adapters.scheme_words import SchemeWords
from tongguan.core.identifiers import (
    AuthorityId,
    DirectionId,
)
from tongguan.core.scheme.model import (
    AnnexBounds,
    Booking,
    BookingHours,
    CarryOver,
    ControlPoint,
    Deadline,
    Denied,
    Exemption,
    HealthRequirement,
    HealthTestRequirement,
    Holders,
    LimitException,
    PartyRule,
    Phase,
    Quota,
    Release,
    ReleaseDaily,
    ReleaseWeekly,
    Version,
)
from tongguan.web.languages import current_language
from tongguan.web.templatetags.scheme import (
    control_point_name,
    direction_name,
    party_name,
    value_named,
)
from tongguan.web.templatetags.words import (
    day,
    division,
    duration,
    label,
    weekday_name,
    weekdays_named,
    words,
)

register = template.Library()
_MIDNIGHT = time(0)


@register.filter
def release_said(release: Release) -> str:
    """When places come up, for which days, and when the window shuts again."""
    if release.once is not None:
        once = release.once
        days = _days(once.days.first, once.days.last)
        return words("rules.releases.once", on=day(once.on), at=_clock(once.at), days=days)
    if release.weekly is not None:
        return _dated(release.weekly, _weekly(release.weekly))
    return "" if release.daily is None else _dated(release.daily, _daily(release.daily))


def _weekly(weekly: ReleaseWeekly) -> str:
    key = "weekly_next" if weekly.weeks_ahead == 1 else "weekly"
    said = words(
        f"rules.releases.{key}",
        weekday=weekday_name(weekly.weekday),
        at=_clock(weekly.at),
        weeks=weekly.weeks_ahead,
    )
    shuts = weekly.closes
    if shuts is None:
        return said
    weekday = weekday_name(shuts.weekday)
    return words("rules.releases.shuts", what=said, weekday=weekday, at=_clock(shuts.at))


def _daily(daily: ReleaseDaily) -> str:
    key = "daily" if daily.days_ahead else "daily_same"
    return words(f"rules.releases.{key}", at=_clock(daily.at), days=daily.days_ahead)


def _dated(release: ReleaseWeekly | ReleaseDaily, said: str) -> str:
    days = _days(release.first, release.last)
    return words("rules.releases.dated", what=said, days=days) if days else said


@register.filter
def hours_said(hours: BookingHours | None) -> str:
    """At what times of day places may be taken."""
    if hours is None or hours.opens == hours.closes == _MIDNIGHT:
        return words("rules.round_the_clock")
    return words("rules.hours", hours=f"{_clock(hours.opens)}–{end_clock(hours.closes)}")


@register.filter
def deadline_said(deadline: Deadline) -> str:
    """A moment before a crossing, as it stands in a sentence."""
    if deadline.minutes_before is not None:
        if deadline.minutes_before == 0:
            return words("rules.slot_start")
        return words("scheme.deadline_minutes", minutes=f"{deadline.minutes_before:,}")
    at, days = _clock(deadline.at or _MIDNIGHT), deadline.days_before or 0
    key = {0: "same_day", 1: "one_day_before"}.get(days, "day_before")
    return words(f"rules.{key}", at=at, days=days)


@register.filter
def booking_said(booking: Booking) -> list[str]:
    """The rules of booking, a sentence each."""
    return [
        *(release_said(each) for each in booking.releases),
        hours_said(booking.hours),
        words("rules.closes", deadline=deadline_said(booking.closes)),
        words("rules.cancel_at_start")
        if booking.cancel_until.minutes_before == 0
        else words("rules.cancel", deadline=deadline_said(booking.cancel_until)),
        *_party(booking.party),
        words("pages.public.live", journeys=booking.live_journeys_per_person_max),
        *_held_and_given_back(booking),
    ]


def _held_and_given_back(booking: Booking) -> Iterator[str]:
    if booking.hold_minutes is not None:
        yield words("rules.hold", minutes=booking.hold_minutes)
    if booking.no_show_hours is not None:
        yield words("rules.no_show", hours=booking.no_show_hours)


def _party(party: PartyRule) -> Iterator[str]:
    yield words("pages.public.party", persons=party.size_max)
    if party.head_age_min is not None:
        yield words("rules.head_age", years=party.head_age_min)
    if party.together is not None:
        yield words("rules.together" if party.together else "rules.apart")


@register.filter
def annex_bounds_said(bounds: AnnexBounds) -> str:
    """Within what an annex may lay down booking."""
    said = []
    if bounds.days_ahead_min is not None:
        said.append(words("rules.bound_days_min", days=bounds.days_ahead_min))
    if bounds.days_ahead_max is not None:
        said.append(words("rules.bound_days_max", days=bounds.days_ahead_max))
    if bounds.open_minutes_a_day_min is not None:
        said.append(words("rules.bound_open", time=duration(bounds.open_minutes_a_day_min)))
    return words("rules.annex_bounds", bounds=_listed(said) or words("scheme.nothing"))


@register.filter
def opening_said(point: ControlPoint) -> str:
    """The passenger hours of a control point."""
    if point.opens is None or point.closes is None:
        return words("pages.public.hours_not_stated")
    if point.opens == point.closes == _MIDNIGHT:
        return words("rules.all_day")
    return f"{_clock(point.opens)}–{end_clock(point.closes)}"


@register.filter
def points_said(points: Iterable[ControlPoint]) -> str:
    """Several control points by name."""
    return _listed(control_point_name(each) for each in points)


@register.filter
def days_said(days: Iterable[date]) -> str:
    """Several days, in words."""
    return _listed(day(each) for each in days)


@register.simple_tag
def test_said(version: Version, test: HealthTestRequirement) -> list[str]:
    """How old a test may be, counted from what, judged when, of which specimens and where."""
    anchor = words(f"scheme.values.age_anchor.{test.anchor}")
    if test.within_hours is not None:
        age = words("rules.within_hours", anchor=anchor, hours=test.within_hours)
    else:
        age = words("rules.within_days", anchor=anchor, days=test.within_days)
    specimens = words("rules.any_specimen")
    if test.specimens is not None:
        specimens = words("rules.specimens", specimens=_listed(map(specimen, test.specimens)))
    return [
        age,
        words(f"rules.judged.{test.judged_at}"),
        specimens,
        on_directions(version, test.directions),
    ]


@register.simple_tag
def ways_said(requirement: HealthRequirement) -> list[str]:
    """Each way in which a requirement is met."""
    reader = Reader(language=current_language())
    return [way_said(each, reader) for each in requirement.ways]


@register.filter
def specimen(name: str) -> str:
    """A kind of specimen, as written where the program has no words for it."""
    return Reader(language=current_language()).specimen(name)


@register.simple_tag
def on_directions(version: Version, directions: Iterable[DirectionId]) -> str:
    """The directions on which something holds."""
    named = _listed(direction_name(version, each) for each in directions)
    return words("rules.on_directions", directions=named)


@register.simple_tag
def exemption_said(version: Version, exemption: Exemption) -> list[str]:
    """What holders of which documents need not show, and where."""
    what = _listed(words(f"scheme.values.exempt_from.{each}") for each in exemption.exempt_from)
    held = _listed(words(f"pages.documents.{each}") for each in exemption.document_types)
    return [
        words("rules.exempt_from", what=what),
        words("rules.holders_of", documents=held),
        on_directions(version, exemption.directions),
    ]


@register.simple_tag
def parties_named(version: Version, parties: Iterable[AuthorityId]) -> str:
    """Several parties by name."""
    return _listed(party_name(version, each) for each in parties)


@register.filter
def findings_said(findings: Iterable[str]) -> str:
    """What may be wrong with a person's health documents."""
    named = _listed(words(f"scheme.values.health_finding.{each}") for each in findings)
    return words("rules.findings", findings=named)


@register.filter
def denied_said(denied: Denied) -> str:
    """A place that is left out, with the days on which it is."""
    place = (
        division(denied.code)
        if denied.name is None
        else denied.name.in_language(current_language())
    )
    days = _days(denied.first, denied.last)
    return words("rules.dated_place", place=place, days=days) if days else place


@register.simple_tag
def quota_said(version: Version, phase: Phase, quota: Quota) -> list[str]:
    """What is kept for whom, the limits of some days, and what one window hands to the next."""
    said = list(_reserve(phase, quota))
    said += [_other_limit(version, phase, each) for each in quota.limits]
    if quota.carry_over is not CarryOver.NONE:
        rule = words(f"scheme.values.carry_over.{quota.carry_over}")
        said.append(words("rules.carry_over", rule=rule))
    if quota.partial_weeks is not None:
        rule = words(f"scheme.values.partial_weeks.{quota.partial_weeks}")
        said.append(words("rules.partial_weeks", rule=rule))
    return said


def _reserve(phase: Phase, quota: Quota) -> Iterator[str]:
    reserve = quota.reserve
    if reserve is None:
        return
    cap = next((each for each in phase.quotas if each.id == reserve.inside), None)
    name = reserve.inside if cap is None else cap.name.in_language(current_language())
    yield words("rules.reserve.inside", quota=name)
    order = reserve.order_of_use
    said = (
        words("pages.not_stated") if order is None else words(f"scheme.values.order_of_use.{order}")
    )
    yield words("rules.reserve.order", order=said)
    if reserve.released is None:
        yield words("rules.reserve.never_released")
    else:
        yield words("rules.reserve.released", deadline=deadline_said(reserve.released))


def _other_limit(version: Version, phase: Phase, exception: LimitException) -> str:
    when = [value_named(version, phase, name, value) for name, value in exception.where.items()]
    days = _days(exception.first, exception.last)
    if days:
        when.append(days)
    if exception.weekdays is not None:
        when.append(weekdays_named(exception.weekdays))
    limit = words("pages.not_stated") if exception.limit is None else f"{exception.limit:,}"
    return words("rules.other_limit", when=_listed(when) or words("rules.always"), limit=limit)


@register.filter
def holders_said(holders: Holders) -> list[str]:
    """What becomes of places without room and of grants without places."""
    remedies = _listed(words(f"scheme.values.remedy.{each}") for each in holders.places)
    said = [words("rules.holders_places", remedies=remedies)]
    if holders.move_days_max is not None:
        said.append(words("rules.holders_move", days=holders.move_days_max))
    rule = words(f"scheme.values.grant_rule.{holders.grants}")
    return [*said, words("rules.holders_grants", rule=rule)]


@register.filter
def end_clock(ends: time) -> str:
    """When something ends: midnight is the end of the day, not its beginning."""
    return "24:00" if ends == _MIDNIGHT else _clock(ends)


def _clock(at: time) -> str:
    return f"{at:%H:%M}"


def _days(first: date | None, last: date | None) -> str:
    ends = (None if each is None else each.isoformat() for each in (first, last))
    return SchemeWords(current_language()).days(*ends) or ""


def _listed(values: Iterable[str]) -> str:
    return label("pages.format.between").join(values)
