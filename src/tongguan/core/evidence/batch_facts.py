"""What each kind of evidence in a signed batch says: its facts, its ground, and when it ends."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from tongguan.core.calendar import instant_of, local_day
from tongguan.core.evidence.batch_faults import BatchFault, BatchFaultError
from tongguan.core.evidence.records import EvidenceKind
from tongguan.core.gate.nodes import Expected, Node
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import EvidenceId
from tongguan.core.people import Document

Facts: TypeAlias = Mapping[str, str]
POSITIVE_DAYS: Final = 14
"""How long a positive result counts from its sampling: until the order of an office follows, or
the person is discharged."""
DAYS_MAX: Final = 90
"""After the day of the fact, whatever the source says."""
_DOSES_MAX: Final = 20
_WORD_CHARACTERS_MAX: Final = 40
_WORD: Final = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
_REFERENCE: Final = re.compile(r"[A-Za-z0-9]+(?:[-/.][A-Za-z0-9]+)*")


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class BatchEntry:
    """What is said of one person; personal data, hidden when printed."""

    id: EvidenceId
    document: Document
    kind: EvidenceKind
    on: date
    ends_at: datetime | None
    """As the source says it."""
    facts: Facts

    def __repr__(self) -> str:
        return f"BatchEntry(id={self.id!r}, HIDDEN)"


class TestOutcome(StrEnum):
    """What a laboratory found."""

    INCONCLUSIVE = "inconclusive"
    NEGATIVE = "negative"
    POSITIVE = "positive"


class ContactRelation(StrEnum):
    """How close a contact was."""

    CONTACT = "contact"
    HOUSEHOLD = "household"


class CaseState(StrEnum):
    """Whether a case is proved."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Fact:
    """One fact of a kind: how it is written in JSON."""

    kind: str
    choice: type[StrEnum] | None = None
    is_optional: bool = False

    def read(self, node: Node) -> str | None:
        """The fact as plain text; ``NodeFaultError`` for anything else."""
        if self.is_optional and node.is_null:
            return None
        match self.kind:
            case "choice" if self.choice is not None:
                return node.choice(self.choice).value
            case "instant":
                return written_instant(node.instant())
            case "day":
                return node.day().isoformat()
            case "number":
                return str(node.whole_number(1, _DOSES_MAX))
            case "reference":
                return _matching(node, _REFERENCE)
            case _:
                return _matching(node, _WORD)

    def write(self, text: str | None) -> object:
        """What reads back as the fact."""
        return int(text) if text is not None and self.kind == "number" else text


class _End(StrEnum):
    """Who says when evidence of a kind ends."""

    BY_RULE = "by_rule"
    """The rule that looks back at it alone, or a fact of its own."""
    MAY_SAY = "may_say"
    MUST_SAY = "must_say"


@dataclass(frozen=True, kw_only=True, slots=True)
class _KindForm:
    """The form of a kind."""

    facts: Mapping[str, _Fact]
    end: _End


_REFERENCE_FACT = _Fact(kind="reference")
_FORMS: Final[Mapping[EvidenceKind, _KindForm]] = MappingProxyType(
    {
        EvidenceKind.ARRIVAL: _KindForm(
            facts={"scheme": _Fact(kind="word", is_optional=True)}, end=_End.BY_RULE
        ),
        EvidenceKind.CASE_ORDER: _KindForm(
            facts={
                "reference": _REFERENCE_FACT,
                "state": _Fact(kind="choice", choice=CaseState),
            },
            end=_End.MUST_SAY,
        ),
        EvidenceKind.CONTACT_ORDER: _KindForm(
            facts={
                "reference": _REFERENCE_FACT,
                "relation": _Fact(kind="choice", choice=ContactRelation),
            },
            end=_End.MUST_SAY,
        ),
        EvidenceKind.DISCHARGE: _KindForm(facts={"reference": _REFERENCE_FACT}, end=_End.BY_RULE),
        EvidenceKind.DOSE: _KindForm(
            facts={"number": _Fact(kind="number"), "product": _Fact(kind="word")},
            end=_End.BY_RULE,
        ),
        EvidenceKind.QUARANTINE_ORDER: _KindForm(
            facts={"last_on": _Fact(kind="day"), "reference": _REFERENCE_FACT},
            end=_End.BY_RULE,
        ),
        EvidenceKind.TEST_RESULT: _KindForm(
            facts={
                "method": _Fact(kind="word"),
                "reported_at": _Fact(kind="instant"),
                "result": _Fact(kind="choice", choice=TestOutcome),
                "sampled_at": _Fact(kind="instant"),
                "specimen": _Fact(kind="word"),
            },
            end=_End.MAY_SAY,
        ),
    }
)
STATED_KINDS: Final = frozenset(_FORMS)
"""Every kind that a source may state."""


def read_facts(node: Node, kind: EvidenceKind) -> Facts:
    """The facts of an entry, each member present, null where nothing is said."""
    form = _FORMS[kind].facts
    members = node.members(sorted(form))
    read = {name: fact.read(members[name]) for name, fact in form.items()}
    return {name: value for name, value in read.items() if value is not None}


def facts_as_data(kind: EvidenceKind, facts: Facts) -> dict[str, object]:
    """The facts as plain JSON values; ``KeyError`` for one that is missing or that is not its."""
    form = _FORMS[kind].facts
    if not facts.keys() <= form.keys():
        raise KeyError(min(facts.keys() - form.keys()))
    return {
        name: fact.write(facts.get(name) if fact.is_optional else facts[name])
        for name, fact in form.items()
    }


def ground_of(entry: BatchEntry) -> HealthReason | None:
    """What an entry may count against the person as; ``None`` when it counts for nothing."""
    facts = entry.facts
    match entry.kind:
        case EvidenceKind.TEST_RESULT:
            is_positive = facts["result"] == TestOutcome.POSITIVE
            return HealthReason.SUSPECTED if is_positive else None
        case EvidenceKind.CASE_ORDER:
            is_confirmed = facts["state"] == CaseState.CONFIRMED
            return HealthReason.CONFIRMED if is_confirmed else HealthReason.SUSPECTED
        case EvidenceKind.CONTACT_ORDER:
            is_household = facts["relation"] == ContactRelation.HOUSEHOLD
            if is_household:
                return HealthReason.HOUSEHOLD_OF_CLOSE_CONTACT
            return HealthReason.CLOSE_CONTACT
    return _GROUNDS.get(entry.kind)


def end_of(entry: BatchEntry, zone: str) -> datetime | None:
    """When an entry stops counting by itself, excluded; ``None`` where the rule alone says it."""
    if ground_of(entry) is None:
        return None
    if entry.kind is EvidenceKind.QUARANTINE_ORDER:
        last_on = date.fromisoformat(entry.facts["last_on"])
        return instant_of(last_on + _ONE_DAY, time(0), zone)
    if entry.kind is EvidenceKind.TEST_RESULT:
        sampled_at = datetime.fromisoformat(entry.facts["sampled_at"])
        latest = sampled_at + timedelta(days=POSITIVE_DAYS)
        return latest if entry.ends_at is None else min(entry.ends_at, latest)
    return entry.ends_at


def check_days(entry: BatchEntry, zone: str, *, place: str) -> None:
    """That the days of an entry agree with one another; ``BatchFaultError`` where they do not."""
    end, said = _FORMS[entry.kind].end, entry.ends_at
    is_missing = said is None and end is _End.MUST_SAY
    is_idle = said is not None and end is _End.BY_RULE
    if is_missing or is_idle or (said is not None and not _ends_in_time(entry, said, zone)):
        raise BatchFaultError(BatchFault.END_UNFIT, f"{place}/ends_at")
    match entry.kind:
        case EvidenceKind.QUARANTINE_ORDER:
            last_on = date.fromisoformat(entry.facts["last_on"])
            if not entry.on <= last_on <= entry.on + _DAYS:
                raise BatchFaultError(BatchFault.END_UNFIT, f"{place}/facts/last_on")
        case EvidenceKind.TEST_RESULT:
            sampled_at = datetime.fromisoformat(entry.facts["sampled_at"])
            if local_day(sampled_at, zone) != entry.on:
                raise BatchFaultError(BatchFault.DAY_UNFIT, f"{place}/on")
            if datetime.fromisoformat(entry.facts["reported_at"]) < sampled_at:
                raise BatchFaultError(BatchFault.DAY_UNFIT, f"{place}/facts/reported_at")


def latest_instant(facts: Facts) -> datetime | None:
    """The last instant of which an entry says that it has been; ``None`` where it names a day."""
    said = [facts[name] for name in ("sampled_at", "reported_at") if name in facts]
    return max(map(datetime.fromisoformat, said), default=None)


def written_instant(instant: datetime) -> str:
    """An instant as every batch writes it: whole seconds in UTC, ``Z`` at the end."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _ends_in_time(entry: BatchEntry, said: datetime, zone: str) -> bool:
    return entry.on <= local_day(said, zone) <= entry.on + _DAYS


def _matching(node: Node, form: "re.Pattern[str]") -> str:
    text = node.text(_WORD_CHARACTERS_MAX)
    if not form.fullmatch(text):
        raise node.fault(Expected.IDENTIFIER)
    return text


_GROUNDS = {
    EvidenceKind.ARRIVAL: HealthReason.ARRIVED_FROM_OUTSIDE,
    EvidenceKind.DISCHARGE: HealthReason.DISCHARGED_RECENTLY,
    EvidenceKind.QUARANTINE_ORDER: HealthReason.UNDER_QUARANTINE,
}
_ONE_DAY = timedelta(days=1)
_DAYS = timedelta(days=DAYS_MAX)
