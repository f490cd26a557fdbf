"""Suspensions and what holds because of them, in words and as data, each order with its age."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from tongguan.app.schemes import SchemeRecord
from tongguan.cli.scheme_data import text_as_data
from tongguan.cli.speech import say, spoken_language
from tongguan.core.scheme.suspensions import Suspension

_MINUTES_AN_HOUR = 60


def suspension_in_words(suspension: Suspension, now: datetime, zone: str) -> str:
    """Who closes what, announced when and how long ago, from when, and why; in the zone.

    One that a breaker will announce at the end of the day has no age yet.
    """

    def shown(instant: datetime) -> str:
        return instant.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")

    is_announced = suspension.announced_at <= now
    return say(
        "scheme.suspensions.line" if is_announced else "scheme.suspensions.coming",
        by=suspension.authority or say("scheme.suspensions.by_breaker"),
        scope=_scope(suspension),
        announced_at=shown(suspension.announced_at),
        age=_age(max(0, suspension.age_minutes(now))),
        effective_at=shown(suspension.effective_at),
        reason=suspension.reason.in_language(spoken_language()),
    )


def standing_in_words(record: SchemeRecord, now: datetime) -> Iterator[str]:
    """A line for each phase: its state and since when; then its suspensions, with their age."""
    for phase, standing in record.standings:
        since = standing.since
        yield say(
            "scheme.standing.line",
            phase=phase,
            state=say(f"scheme.standing.states.{standing.state.value}"),
            since="" if since is None else since.isoformat(timespec="minutes"),
        )
        for each in standing.suspensions:
            yield f"  {suspension_in_words(each, now, record.version.zone)}"


def standing_as_data(record: SchemeRecord, now: datetime) -> list[dict[str, object]]:
    """The state of each phase with its suspensions, for ``--json``."""
    return [
        {
            "phase": phase,
            "state": standing.state.value,
            "since": None if standing.since is None else standing.since.isoformat(),
            "by": list(standing.by),
            "suspensions": [suspension_as_data(each, now) for each in standing.suspensions],
        }
        for phase, standing in record.standings
    ]


def suspension_as_data(suspension: Suspension, now: datetime) -> dict[str, object]:
    """A suspension for ``--json``."""
    return {
        "order": suspension.order,
        "authority": suspension.authority,
        "breaker": suspension.breaker,
        "control_points": suspension.control_points,
        "directions": suspension.directions,
        "announced_at": suspension.announced_at.isoformat(),
        "effective_at": suspension.effective_at.isoformat(),
        "until": None if suspension.until is None else suspension.until.isoformat(),
        "age_minutes": suspension.age_minutes(now),
        "in_effect": suspension.is_in_effect(now),
        "reason": text_as_data(suspension.reason),
    }


def _scope(suspension: Suspension) -> str:
    named = (*(suspension.control_points or ()), *(suspension.directions or ()))
    return ", ".join(named) or say("scheme.suspensions.everything")


def _age(minutes: int) -> str:
    return f"{minutes // _MINUTES_AN_HOUR}:{minutes % _MINUTES_AN_HOUR:02d}"
