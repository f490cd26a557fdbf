"""A client that books one journey after another and writes down what it asked and was told.

Run as a program and killed in the middle by the tests; also run in threads against a server that
is killed. Every line is on its way out before the next step begins.
"""

import sys
from collections.abc import Callable

from tests.builders.places import MONDAY, NOW, JourneyId, place_request, scheme_of
from tests.builders.schemes import quota
from tongguan.adapters.postgres.connections import Database
from tongguan.app.ledger_port import PlaceRequest, PlacesTaken
from tongguan.core.scheme.model import EACH, QuotaPer

SCHEME = scheme_of(
    quota("day", per=QuotaPer.DAY, limit=100_000, direction=EACH),
    quota("week", per=QuotaPer.WEEK, limit=100_000, direction=EACH),
)


def request_of(number: int) -> PlaceRequest:
    """The request of this number: the same ids, people and days whenever it is made."""
    journey = JourneyId(f"00000000-0000-4000-8000-{number:012}")
    return place_request(SCHEME, [number * 2, number * 2 + 1], journey=journey, home=MONDAY)


def take(database: Database, number: int) -> PlacesTaken:
    with database.transaction() as transaction:
        answer = transaction.ledger.take(request_of(number), NOW)
    assert isinstance(answer, PlacesTaken)
    return answer


def book_for_ever(database: Database, note: Callable[[str, int], None]) -> None:
    number = 0
    while True:
        note("asked", number)
        take(database, number)
        note("told", number)
        number += 1


if __name__ == "__main__":
    with Database(sys.argv[1], durability_required=False) as opened:
        book_for_ever(opened, lambda word, number: print(word, number, flush=True))
