"""How things stand, in sentences: suspensions with their age, measures with their numbers."""

from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction

from django import template

from tongguan.app.standing import BreakerState, SuspensionAge
from tongguan.core.scheme.breakers import Trip
from tongguan.core.scheme.measures import Evaluation, Reading
from tongguan.core.scheme.model import AnnexForms, Breaker, Measure, Phase, Version
from tongguan.core.scheme.suspensions import Suspension
from tongguan.web.languages import current_language
from tongguan.web.templatetags.scheme import direction_name, party_name, point_name
from tongguan.web.templatetags.words import day, duration, instant, label, words

register = template.Library()
_ONE_MINUTE = timedelta(minutes=1)


@register.simple_tag
def suspension_said(version: Version, phase: Phase, found: SuspensionAge) -> list[str]:
    """Who ordered it and how long ago, from when and until when, what it closes, and why."""
    suspension = found.suspension
    until = suspension.until
    return [
        *_by_whom(version, phase, found),
        _from_when(suspension),
        words("standing.suspension.until_lifted")
        if until is None
        else words("standing.suspension.until", at=instant(until)),
        *scope_said(version, phase, suspension),
        words("standing.suspension.why", reason=suspension.reason.in_language(current_language())),
    ]


def _by_whom(version: Version, phase: Phase, found: SuspensionAge) -> Iterable[str]:
    suspension = found.suspension
    facts = {"at": instant(suspension.announced_at), "age": duration(found.age_minutes)}
    names = {each.id: each.name.in_language(current_language()) for each in phase.breakers}
    breaker = names.get(suspension.breaker or "", suspension.breaker or "")
    if suspension.authority is None:
        yield words("standing.suspension.by_breaker", name=breaker, **facts)
        return
    by = party_name(version, suspension.authority)
    yield words("standing.suspension.ordered", by=by, **facts)
    if suspension.breaker is not None:
        yield words("standing.suspension.under_breaker", name=breaker)


def _from_when(suspension: Suspension) -> str:
    notice = (suspension.effective_at - suspension.announced_at) // _ONE_MINUTE
    at = instant(suspension.effective_at)
    if notice <= 0:
        return words("standing.suspension.from_once", at=at)
    return words("standing.suspension.from_notice", at=at, notice=duration(notice))


def scope_said(version: Version, phase: Phase, suspension: Suspension) -> list[str]:
    """What a suspension closes."""
    said = []
    if suspension.control_points is not None:
        points = _listed(point_name(phase, each) for each in suspension.control_points)
        said.append(words("standing.suspension.scope_points", points=points))
    if suspension.directions is not None:
        ways = _listed(direction_name(version, each) for each in suspension.directions)
        said.append(words("standing.suspension.scope_directions", directions=ways))
    return said or [words("standing.suspension.scope_all")]


@register.simple_tag
def measure_said(version: Version, measure: Measure) -> str:
    """A statement on figures."""
    metric = next((each for each in version.metrics if each.id == measure.metric), None)
    bound, number = ("at_most", measure.at_most)
    if number is None:
        bound, number = ("at_least", measure.at_least)
    return words(
        "scheme.measure",
        statistic=words(f"scheme.values.statistic.{measure.statistic}"),
        metric=measure.metric if metric is None else metric.name.in_language(current_language()),
        days=measure.days,
        bound=words(f"scheme.{bound}", number=f"{number or 0:,}"),
    )


@register.simple_tag
def readings_said(version: Version, found: Evaluation) -> list[str]:
    """The numbers of each authority that reports, and the figures of the days behind them."""
    return [_reading(version, each) for each in found.readings]


def _reading(version: Version, reading: Reading) -> str:
    missing = words("standing.missing")
    facts = {
        "authority": party_name(version, reading.authority),
        "values": _listed(missing if each is None else f"{each:,}" for each in reading.values),
    }
    if reading.number is None:
        return words("standing.no_reading", **facts)
    return words("standing.reading", number=_number(reading.number), **facts)


def _number(number: Fraction) -> str:
    if number.denominator == 1:
        return f"{number.numerator:,}"
    rounded = f"{float(number):,.3f}".rstrip("0").rstrip(".")
    exact = Fraction(rounded.replace(",", "")) == number
    return rounded if exact else words("standing.about", number=rounded)


@register.simple_tag
def breaker_said(version: Version, state: BreakerState) -> list[str]:
    """What must keep holding, and what happens when it does not."""
    breaker = state.breaker
    if breaker.keeps is None:
        return [words("standing.breaker.by_order")]
    said = [words("standing.breaker.keeps", measure=measure_said(version, breaker.keeps))]
    if breaker.by_itself:
        notice = duration(breaker.notice_minutes)
        said.append(words("standing.breaker.by_itself", notice=notice, days=breaker.lasts_days))
    else:
        said.append(words("standing.breaker.only_says"))
    if breaker.resumes is not None:
        resumes = measure_said(version, breaker.resumes)
        said.append(words("standing.breaker.resumes", measure=resumes))
    return said if state.trip is None else [*said, _tripped(version, breaker, state.trip)]


def _tripped(version: Version, breaker: Breaker, trip: Trip) -> str:
    """That it tripped; from when until when it suspends is said only of one that does."""
    facts = {
        "day": day(trip.day),
        "authorities": _listed(party_name(version, each) for each in trip.authorities),
        "from": instant(trip.effective_at),
        "until": instant(trip.until),
    }
    key = "tripped" if breaker.by_itself else "stopped"
    return words(f"standing.breaker.{key}", **facts)


@register.filter
def forms_said(forms: AnnexForms) -> list[str]:
    """In which languages and by which ways one applies."""
    languages = _listed(
        words(f"scheme.values.language.language_{each.lower().replace('-', '_')}")
        for each in forms.languages
    )
    channels = _listed(words(f"standing.annex.channel.{each}") for each in forms.channels)
    return [
        words("standing.annex.languages", languages=languages),
        words("standing.annex.channels", channels=channels),
    ]


def _listed(values: Iterable[str]) -> str:
    return label("pages.format.between").join(values)
