"""What a person was told about their evidence, in the reader's words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tongguan.adapters.words import texts
from tongguan.app.control.store import HealthNotice
from tongguan.app.evidence.shown import evidence_shown, source_name
from tongguan.core.identifiers import EvidenceId
from tongguan.web.pages.findings import sources_said
from tongguan.web.service import current_authority, current_reader
from tongguan.web.templatetags.words import instant, label, unit_named

_WORDS = "health_controls.notices"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class HealthNoticeShown:
    """A notice with its words and when it was given."""

    at: datetime
    title: str
    remedy: str


def health_notices_shown(notices: Iterable[HealthNotice]) -> tuple[HealthNoticeShown, ...]:
    """The notices in their order."""
    return tuple(_shown(each) for each in notices)


def _shown(notice: HealthNotice) -> HealthNoticeShown:
    reader = current_reader()
    facts = {name: _value(name, value, notice.facts) for name, value in notice.facts.items()}
    return HealthNoticeShown(
        at=notice.at,
        title=reader.words(f"{_WORDS}.{notice.code}.title", **facts),
        remedy=reader.words(f"{_WORDS}.{notice.code}.remedy", **facts),
    )


def _value(name: str, value: str, facts: Mapping[str, str]) -> str:
    reader = current_reader()
    match name:
        case "ground":
            return reader.words(f"health_pages.grounds.{value}")
        case "colour":
            return reader.words(f"health.colours.{value}")
        case "until" | "decide_by":
            return instant(datetime.fromisoformat(value)) if value else _never()
        case "who":
            return _who(value, facts.get("evidence"))
        case _:
            return value


def _never() -> str:
    return current_reader().words("health_pages.notices.no_end")


def _who(who: str, evidence: str | None) -> str:
    """Who did it, by the name a reader knows: a source, units of officers, the clock."""
    authority, reader = current_authority(), current_reader()
    shown = evidence_shown(authority, (EvidenceId(evidence),)) if evidence else {}
    for each in shown.values():
        return label("pages.format.between").join(sources_said(each))
    key = f"health_pages.notices.who.{who.partition(':')[0]}"
    if key in texts():
        return reader.words(key)
    between = label("pages.format.between")
    return source_name(authority, who) or between.join(unit_named(u) for u in who.split(", "))
