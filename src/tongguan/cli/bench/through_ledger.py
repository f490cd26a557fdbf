"""Groups of parties through the ledger of places, as the use cases do it: one call, one commit."""

from collections.abc import Sequence
from typing import Final

from tongguan.adapters.postgres.connections import Database
from tongguan.app.ledger_port import PlaceRequest, PlacesAnswer, PlacesRefused, PlacesTaken
from tongguan.app.stores import AuditEntry
from tongguan.cli.bench.requests import NOW

_ACTOR: Final = "benchmark"
_ACTION: Final = "book"


def take(database: Database, requests: Sequence[PlaceRequest]) -> tuple[PlacesAnswer, ...]:
    """Decide a group, record each decision, commit."""
    with database.transaction() as transaction:
        transaction.ledger.hold_text()
        answers = transaction.ledger.take_many(requests, NOW)
        transaction.audit.record_many(
            [_entry(request, answer) for request, answer in zip(requests, answers, strict=True)]
        )
    return answers


def _entry(request: PlaceRequest, answer: PlacesAnswer) -> AuditEntry:
    codes: tuple[str, ...] = ()
    match answer:
        case PlacesTaken():
            outcome = "taken"
        case PlacesRefused():
            outcome, codes = "refused", tuple(reason.code.value for reason in answer.reasons)
        case _:
            outcome = "reused"
    return AuditEntry(
        at=NOW,
        actor=_ACTOR,
        action=_ACTION,
        subject=request.journey,
        outcome=outcome,
        codes=codes,
    )
