"""Ways of two insiders who hold a key besides: that of an office which another unit runs."""

from collections.abc import Sequence

from tests.builders.evidence import Source, a_contact, enrolled
from tests.builders.henan import A, B, World
from tests.builders.officers import released, reviewed
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.people import Person


def anothers_office(made: World) -> Source:
    """The order office of a unit that neither of the two belongs to."""
    return enrolled(made.hk, SourceKind.ORDER_OFFICE, "orders-x", unit="records")


def with_anothers_key(made: World, people: Sequence[Person], rounds: int = 2) -> None:
    """Sign orders about everybody, release what is held of them, find in order what counts.

    All again, for what was found in order counts no more against the office.
    """
    office = anothers_office(made)
    for _ in range(rounds):
        orders = [a_contact(who) for who in people]
        for start in range(0, len(orders), 100):
            office.says(*orders[start : start + 100], at=made.now())
        for number, each in enumerate(orders):
            released(made.hk, each.id, by=(A, B) if number % 2 else (B, A))
        for serial in unreviewed_of(made, f"source:{office.id}"):
            reviewed(made.hk, acts=[serial], by=(A, B))


def unreviewed_of(made: World, causer: str) -> list[int]:
    """The acts that count against somebody."""
    with made.hk.database.transaction() as transaction:
        acts = transaction.evidence.acts_to_review(limit=10_000)
    return [each.serial for each in acts if causer in each.causers and not each.held]
