"""Notices in the reader's words: what happened to a grant or to places, and what to do."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tongguan.adapters.words import words
from tongguan.app.change_stores import Notice
from tongguan.core.identifiers import AuthorityId, ControlPointId
from tongguan.core.notices import NoticeCode
from tongguan.core.scheme.model import Phase, Version
from tongguan.web.languages import current_language
from tongguan.web.pages.names import name_of_category
from tongguan.web.templatetags.scheme import party_name, point_name
from tongguan.web.templatetags.words import day, instant, label

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_APART = ", "


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeShown:
    """A notice with its words and when it was given."""

    code: NoticeCode
    at: datetime
    title: str
    remedy: str
    facts: tuple[str, ...]
    """Of a suspension: who ordered it and when, and which days and control points it closes."""


def notices_shown(
    notices: Iterable[Notice], texts: tuple[tuple[Version, Phase], ...]
) -> tuple[NoticeShown, ...]:
    """The notices in their order; ``texts`` say what their ids name, the first that has the id."""
    return tuple(_shown(each, texts) for each in notices)


def _shown(notice: Notice, texts: tuple[tuple[Version, Phase], ...]) -> NoticeShown:
    language = current_language()
    facts = {name: _value(name, value, texts) for name, value in notice.facts.items()}
    return NoticeShown(
        code=notice.code,
        at=notice.at,
        title=words(f"notices.{notice.code}.title", language, **facts),
        remedy=words(f"notices.{notice.code}.remedy", language, **facts),
        facts=tuple(_of_a_suspension(facts) if notice.code is NoticeCode.PHASE_SUSPENDED else ()),
    )


def _of_a_suspension(facts: dict[str, str]) -> Iterable[str]:
    language = current_language()
    if facts.get("ordered_by"):
        yield words("standing.ordered", language, by=facts["ordered_by"], at=facts["announced_at"])
    elif facts.get("announced_at"):
        yield words("standing.by_breaker", language, at=facts["announced_at"])
    if facts.get("days"):
        yield words("standing.your_days", language, days=facts["days"])
    if facts.get("control_points"):
        yield words("standing.your_points", language, points=facts["control_points"])


def _value(name: str, value: str, texts: tuple[tuple[Version, Phase], ...]) -> str:
    """A fact as a reader knows it; the empty fact stays empty."""
    match name:
        case "category":
            return name_of_category([phase for _, phase in texts], value)
        case "ordered_by":
            return party_name(texts[0][0], AuthorityId(value)) if value else ""
        case "control_points":
            return _listed(_point(point, texts) for point in value.split(_APART))
        case "days":
            return _listed(_in_words(each) for each in value.split(_APART))
        case "at" | "effective_at" | "announced_at":
            return _instant(value)
        case _:
            return _in_words(value)


def _listed(values: Iterable[str]) -> str:
    return label("pages.format.between").join(values)


def _point(point: str, texts: tuple[tuple[Version, Phase], ...]) -> str:
    names = (point_name(phase, ControlPointId(point)) for _, phase in texts)
    return next((name for name in names if name != point), point)


def _in_words(value: str) -> str:
    """Every day in it as one writes it."""
    return _DAY.sub(_day, value)


def _day(found: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(found.group()))
    except ValueError:
        return found.group()


def _instant(value: str) -> str:
    try:
        return instant(datetime.fromisoformat(value))
    except ValueError:
        return value
