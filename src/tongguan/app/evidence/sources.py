"""Who may vouch for evidence by signature: enrolled and withdrawn at the authority's console."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tongguan.app.authorities import Authority
from tongguan.app.ports import Transaction
from tongguan.app.stores import AuditEntry
from tongguan.core.calendar import whole_second
from tongguan.core.evidence.batch import source_key
from tongguan.core.evidence.sources import EvidenceSource, SourceKind
from tongguan.core.identifiers import EvidenceSourceId, UnitId

_ID: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ID_CHARACTERS_MAX: Final = 40
NAME_CHARACTERS_MAX: Final = 100
_KEY_TIME: Final = timedelta(days=365)


class EnrolmentFault(StrEnum):
    """Why a source cannot be enrolled; words in ``texts/evidence.yaml``."""

    DATES_UNFIT = "dates_unfit"
    """The key would end before it begins, or be over already."""
    ID_TAKEN = "id_taken"
    """Another source has the id, or the same was enrolled otherwise."""
    ID_UNFIT = "id_unfit"
    KEY_TAKEN = "key_taken"
    """Another source signs with this key: nobody could say whose word it is."""
    KEY_UNFIT = "key_unfit"
    NAME_UNFIT = "name_unfit"
    UNIT_MISSING = "unit_missing"
    """Officers of some unit answer for the orders of an office: its key alone is nobody's hand."""
    UNIT_UNFIT = "unit_unfit"


class EnrolmentRefusedError(ValueError):
    """The sender's fault; nothing was changed."""

    def __init__(self, code: EnrolmentFault) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceToEnrol:
    """A source as the authority names it."""

    id: str
    kind: SourceKind
    name: str
    public: bytes = field(repr=False)
    """DER of SubjectPublicKeyInfo, P-256."""
    not_after: datetime | None = None
    """Excluded; ``None``: a year from its beginning."""
    not_before: datetime | None = None
    """``None``: from now on."""
    unit: str | None = None
    """The unit of officers that runs it, and answers for what it says; an order office has one."""


def enrol_source(authority: Authority, source: SourceToEnrol, *, by: str) -> EvidenceSource:
    """Enrol a source with its key; the same again is harmless. ``EnrolmentRefusedError``.

    A source that was withdrawn is not enrolled again: its key may be in other hands.
    """
    with authority.database.transaction() as transaction:
        made = _made(source, transaction.now)
        store = transaction.evidence_sources
        known = store.get(made.id)
        if known is not None:
            if _is_same(known, source):
                return known
            raise EnrolmentRefusedError(EnrolmentFault.ID_TAKEN)
        if any(each.public == made.public for each in store.all()):
            raise EnrolmentRefusedError(EnrolmentFault.KEY_TAKEN)
        if not store.enrol(made):
            raise EnrolmentRefusedError(EnrolmentFault.ID_TAKEN)
        _note(transaction, by, "evidence_source.enrol", made.id, made.kind.value)
        return made


def withdraw_source(authority: Authority, source: EvidenceSourceId, *, by: str) -> bool:
    """Take nothing from this source any more; ``False`` where no such source stands.

    What it said before stands until it is lifted: a key that was good then is not bad for then.
    Where it was not, ``taking_back.py`` takes back what was said since.
    """
    with authority.database.transaction() as transaction:
        withdrawn = transaction.evidence_sources.withdraw(source, transaction.now)
        if withdrawn:
            _note(transaction, by, "evidence_source.withdraw", source, "withdrawn")
        return withdrawn


def sources(authority: Authority) -> tuple[EvidenceSource, ...]:
    """Every source, withdrawn ones too."""
    with authority.database.transaction() as transaction:
        return transaction.evidence_sources.all()


def causers_of(source: EvidenceSource) -> tuple[str, ...]:
    """Who answers for what a source says: itself, and the unit that runs it."""
    unit = () if source.unit is None else (f"unit:{source.unit}",)
    return (f"source:{source.id}", *unit)


def _made(source: SourceToEnrol, now: datetime) -> EvidenceSource:
    if not _is_id(source.id):
        raise EnrolmentRefusedError(EnrolmentFault.ID_UNFIT)
    if source.unit is None and source.kind is SourceKind.ORDER_OFFICE:
        raise EnrolmentRefusedError(EnrolmentFault.UNIT_MISSING)
    if source.unit is not None and not _is_id(source.unit):
        raise EnrolmentRefusedError(EnrolmentFault.UNIT_UNFIT)
    name = source.name.strip()
    if not (1 <= len(name) <= NAME_CHARACTERS_MAX and name.isprintable()):
        raise EnrolmentRefusedError(EnrolmentFault.NAME_UNFIT)
    begins = whole_second(source.not_before or now)
    ends = whole_second(source.not_after or begins + _KEY_TIME)
    if ends <= max(begins, now):
        raise EnrolmentRefusedError(EnrolmentFault.DATES_UNFIT)
    made = EvidenceSource(
        id=EvidenceSourceId(source.id),
        kind=source.kind,
        unit=None if source.unit is None else UnitId(source.unit),
        name=name,
        public=source.public,
        not_before=begins,
        not_after=ends,
        enrolled_at=now,
    )
    try:
        source_key(made)
    except ValueError:
        raise EnrolmentRefusedError(EnrolmentFault.KEY_UNFIT) from None
    return made


def _is_id(text: str) -> bool:
    return len(text) <= _ID_CHARACTERS_MAX and _ID.fullmatch(text) is not None


def _is_same(known: EvidenceSource, source: SourceToEnrol) -> bool:
    """Whether the same was enrolled before and stands; what dates it leaves open, are those."""
    begins = known.not_before if source.not_before is None else whole_second(source.not_before)
    ends = known.not_after if source.not_after is None else whole_second(source.not_after)
    return (
        known.withdrawn_at is None
        and (known.kind, known.unit, known.name, known.public)
        == (source.kind, source.unit, source.name.strip(), source.public)
        and (known.not_before, known.not_after) == (begins, ends)
    )


def _note(transaction: Transaction, by: str, action: str, subject: str, outcome: str) -> None:
    transaction.audit.record(
        AuditEntry(at=transaction.now, actor=by, action=action, subject=subject, outcome=outcome)
    )
