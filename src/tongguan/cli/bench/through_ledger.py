"""Groups of parties through the ledger of places, as the use cases do it: one call, one commit."""

from collections.abc import Sequence
from typing import Final

from tongguan.adapters.postgres.connections import Database
from tongguan.app.ledger_port import PlaceRequest, PlacesAnswer
from tongguan.app.ledger_refusals import record_refusals
from tongguan.cli.bench.requests import NOW

_ACTOR: Final = "benchmark"
_ACTION: Final = "book"


def take(database: Database, requests: Sequence[PlaceRequest]) -> tuple[PlacesAnswer, ...]:
    """Decide a group, record each decision, commit."""
    with database.transaction() as transaction:
        transaction.ledger.hold_text()
        answers = transaction.ledger.take_many(requests, NOW, recorded_as=(_ACTOR, _ACTION))
        record_refusals(
            transaction.audit,
            NOW,
            by=_ACTOR,
            action=_ACTION,
            decided=zip([each.journey for each in requests], answers, strict=True),
        )
    return answers
