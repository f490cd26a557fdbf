"""What a batch says, as values and as the JSON that is signed."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from tongguan.core.documents import number_fault
from tongguan.core.evidence.batch_facts import (
    STATED_KINDS,
    BatchEntry,
    facts_as_data,
    read_facts,
    written_instant,
)
from tongguan.core.evidence.batch_faults import BatchFault, BatchFaultError
from tongguan.core.evidence.records import EvidenceKind
from tongguan.core.gate.nodes import Expected, Node
from tongguan.core.identifiers import AuthorityId, DivisionCode, EvidenceId, EvidenceSourceId
from tongguan.core.people import Document, DocumentType

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NUMBER: Final = re.compile(r"[A-Z0-9]{4,20}")
_ISSUER: Final = re.compile(r"[A-Z]{3}")
_DIVISION: Final = re.compile(r"[0-9]{2}(?:[0-9]{2}){0,2}")


class WithdrawalReason(StrEnum):
    """Why a source takes back what it said."""

    CASE_CLOSED = "case_closed"
    CLERICAL_ERROR = "clerical_error"
    CONTAMINATED = "contaminated"
    OTHER = "other"
    RETESTED = "retested"
    WRONG_PERSON = "wrong_person"


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawal:
    """The source takes back what it said."""

    id: EvidenceId
    reason: WithdrawalReason


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedPlace:
    """A place that is listed from a day on."""

    division: DivisionCode
    first_on: date
    last_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class EndedPlace:
    """A listed place with its last day."""

    division: DivisionCode
    last_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """What one source says to one authority at one instant."""

    authority: AuthorityId
    """To whom."""
    source: EvidenceSourceId
    id: str
    """A UUID by which the source knows it again."""
    issued_at: datetime
    entries: tuple[BatchEntry, ...] = field(default=(), repr=False)
    withdrawals: tuple[Withdrawal, ...] = ()
    listed: tuple[ListedPlace, ...] = ()
    ended: tuple[EndedPlace, ...] = ()

    @property
    def size(self) -> int:
        """How many things it says."""
        return sum(map(len, (self.entries, self.withdrawals, self.listed, self.ended)))


def batch_as_data(batch: Batch) -> dict[str, Any]:
    """The batch as plain JSON values; ``KeyError`` for facts that its kinds do not have."""
    return {
        "authority": batch.authority,
        "source": batch.source,
        "batch": batch.id,
        "issued_at": written_instant(batch.issued_at),
        "entries": [entry_as_data(each) for each in batch.entries],
        "withdrawals": [{"id": each.id, "reason": each.reason.value} for each in batch.withdrawals],
        "risk_places": {
            "listed": [
                {
                    "division": each.division,
                    "first_on": each.first_on.isoformat(),
                    "last_on": None if each.last_on is None else each.last_on.isoformat(),
                }
                for each in batch.listed
            ],
            "ended": [
                {"division": each.division, "last_on": each.last_on.isoformat()}
                for each in batch.ended
            ],
        },
    }


def entry_as_data(entry: BatchEntry) -> dict[str, Any]:
    """One entry as plain JSON values; what is kept of it is told from another by them."""
    document = entry.document
    return {
        "id": entry.id,
        "person": {
            "type": document.type.value,
            "number": document.number,
            "issuer": document.issuer,
        },
        "kind": entry.kind.value,
        "on": entry.on.isoformat(),
        "ends_at": None if entry.ends_at is None else written_instant(entry.ends_at),
        "facts": facts_as_data(entry.kind, entry.facts),
    }


def read_content(data: object) -> Batch:
    """The batch of plain JSON values.

    Raises ``NodeFaultError`` for what has another form and ``BatchFaultError`` for a number that
    no document has, and for a kind that no source states.
    """
    members = Node(value=data).members(
        ("authority", "source", "batch", "issued_at", "entries", "withdrawals", "risk_places")
    )
    places = members["risk_places"].members(("listed", "ended"))
    return Batch(
        authority=AuthorityId(members["authority"].identifier()),
        source=EvidenceSourceId(members["source"].identifier()),
        id=_uuid(members["batch"]),
        issued_at=members["issued_at"].instant(),
        entries=tuple(_entry(each) for each in members["entries"].items()),
        withdrawals=tuple(_withdrawal(each) for each in members["withdrawals"].items()),
        listed=tuple(_listed(each) for each in places["listed"].items()),
        ended=tuple(_ended(each) for each in places["ended"].items()),
    )


def _entry(node: Node) -> BatchEntry:
    members = node.members(("id", "person", "kind", "on", "ends_at", "facts"))
    kind = members["kind"].choice(EvidenceKind)
    if kind not in STATED_KINDS:
        raise BatchFaultError(BatchFault.MAY_NOT_SAY, members["kind"].path)
    ends_at = members["ends_at"]
    return BatchEntry(
        id=EvidenceId(_uuid(members["id"])),
        document=_document(members["person"]),
        kind=kind,
        on=members["on"].day(),
        ends_at=None if ends_at.is_null else ends_at.instant(),
        facts=read_facts(members["facts"], kind),
    )


def _document(node: Node) -> Document:
    members = node.members(("type", "number", "issuer"))
    document = Document(
        type=members["type"].choice(DocumentType),
        number=_matching(members["number"], _NUMBER, Expected.TEXT),
        issuer=_matching(members["issuer"], _ISSUER, Expected.TEXT),
    )
    if number_fault(document) is not None:
        raise BatchFaultError(BatchFault.NUMBER_UNFIT, members["number"].path)
    return document


def _withdrawal(node: Node) -> Withdrawal:
    members = node.members(("id", "reason"))
    return Withdrawal(
        id=EvidenceId(_uuid(members["id"])), reason=members["reason"].choice(WithdrawalReason)
    )


def _listed(node: Node) -> ListedPlace:
    members = node.members(("division", "first_on", "last_on"))
    last_on = members["last_on"]
    return ListedPlace(
        division=_division(members["division"]),
        first_on=members["first_on"].day(),
        last_on=None if last_on.is_null else last_on.day(),
    )


def _ended(node: Node) -> EndedPlace:
    members = node.members(("division", "last_on"))
    return EndedPlace(division=_division(members["division"]), last_on=members["last_on"].day())


def _division(node: Node) -> DivisionCode:
    return DivisionCode(_matching(node, _DIVISION, Expected.TEXT))


def _uuid(node: Node) -> str:
    return _matching(node, _UUID, Expected.IDENTIFIER)


def _matching(node: Node, form: "re.Pattern[str]", expected: Expected) -> str:
    if not isinstance(node.value, str) or not form.fullmatch(node.value):
        raise node.fault(expected)
    return node.value
