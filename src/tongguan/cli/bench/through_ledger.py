"""Groups of parties through the ledger of places, as the use cases do it: one call, one commit."""

from collections.abc import Sequence
from typing import Final

from tongguan.adapters.postgres.connections import Database
from tongguan.app.ledger_port import PlaceRequest, PlacesAnswer, PlacesRefused
from tongguan.app.stores import AuditEntry
from tongguan.cli.bench.requests import NOW

_ACTOR: Final = "benchmark"
_ACTION: Final = "book"


def take(database: Database, requests: Sequence[PlaceRequest]) -> tuple[PlacesAnswer, ...]:
    """Decide a group, record each decision, commit."""
    with database.transaction() as transaction:
        transaction.ledger.hold_text()
        answers = transaction.ledger.take_many(requests, NOW, recorded_as=(_ACTOR, _ACTION))
        refused = [
            _entry(request, answer)
            for request, answer in zip(requests, answers, strict=True)
            if isinstance(answer, PlacesRefused)
        ]
        if refused:
            transaction.audit.record_many(refused)
    return answers


def _entry(request: PlaceRequest, refused: PlacesRefused) -> AuditEntry:
    return AuditEntry(
        at=NOW,
        actor=_ACTOR,
        action=_ACTION,
        subject=request.journey,
        outcome="refused",
        codes=tuple(reason.code.value for reason in refused.reasons),
    )
