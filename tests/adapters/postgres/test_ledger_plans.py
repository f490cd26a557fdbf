"""However full the tables are, a call of the ledger looks at the rows of its own journeys only."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import pytest

from tests.adapters.postgres.ledger_checks import looked_at
from tests.builders.places import MONDAY, NOW, place_request, scheme_of
from tests.builders.schemes import quota
from tongguan.app.ledger_port import PlacesTaken
from tongguan.core.scheme.model import EACH, Leg, QuotaPer

TUESDAY = MONDAY + timedelta(days=1)
JOURNEYS = 20_000
"""So many that to read a table once takes longer than all that a call has to do."""
SCHEME = scheme_of(
    quota("day", per=QuotaPer.DAY, limit=1_000_000, direction=EACH),
    quota("own", per=QuotaPer.WEEK, limit=4, person=EACH),
)
_FILLED = """
    WITH asked AS MATERIALIZED (
        SELECT gen_random_uuid() AS journey, uuid_send(gen_random_uuid()) AS person, number
        FROM generate_series(1, %(journeys)s) AS number
    ), opened AS (
        INSERT INTO tongguan.quota_window
            (cell_scheme, cell_week, quota, starts, dimensions, days, capacity, taken)
        SELECT 'test-pilot', %(monday)s::date, 'day', %(monday)s::date + day,
            ARRAY['direction=' || direction], 1, 1000000, %(journeys)s
        FROM (VALUES (0, 'HK-GD'), (1, 'GD-HK')) AS way (day, direction)
        UNION ALL
        SELECT 'test-pilot', %(monday)s, 'own', %(monday)s,
            ARRAY['person=' || encode(person, 'hex')], 7, 4, 2 FROM asked
        RETURNING number, quota, dimensions
    ), own AS (
        SELECT dimensions[1] AS dimension, opened.number FROM opened WHERE quota = 'own'
    ), days AS (
        SELECT array_agg(number) AS numbers FROM opened WHERE quota = 'day'
    ), journeys AS (
        INSERT INTO tongguan.journey (id, application, scheme, cell_weeks, phase, version_digest,
            request_hash, booked_at, held_until, windows, window_persons)
        SELECT journey, journey, 'test-pilot', ARRAY[%(monday)s::date], 'pilot', 'text', '',
            %(now)s, CASE WHEN asked.number <= 5 THEN %(now)s + interval '1 minute' END,
            days.numbers || own.number, '{1,1,2}'
        FROM asked JOIN own ON dimension = 'person=' || encode(person, 'hex') CROSS JOIN days
    ), places AS (
        INSERT INTO tongguan.place (cell_scheme, cell_week, journey, leg, person_number, person,
            direction, category, control_point, slot, day)
        SELECT 'test-pilot', %(monday)s, journey, leg, 0, person, direction, 'family', 'SZB',
            'day', %(monday)s::date + day
        FROM asked, (VALUES (0, 'out', 'HK-GD'), (1, 'home', 'GD-HK')) AS way (day, leg, direction)
    )
    INSERT INTO tongguan.live_journey (person, scheme, number, journey, live_until)
    SELECT person, 'test-pilot', 1, journey, %(now)s + interval '3 days' FROM asked
"""
ROWS_MAX = 600
"""Of each table, for at most fifty journeys; each looks at its rows a few times."""


@dataclass
class Looked:
    """How many scans of each whole table calls made, and how many of its rows they read."""

    database: object
    rows: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)

    def at(self, name, call):
        with self.database.transaction() as transaction:
            before = looked_at(transaction.connection)
            answer = call(transaction)
            self.rows[name] = {
                table: tuple(now - then for now, then in zip(counts, before[table], strict=True))
                for table, counts in looked_at(transaction.connection).items()
            }
        return answer


def ways_of(journeys):
    """Every call that changes what journeys hold, each upon journeys of its own."""
    request = place_request(SCHEME, [1, 2], home=TUESDAY)
    instead = place_request(SCHEME, [3], out=TUESDAY)
    several = [place_request(SCHEME, [number], home=TUESDAY) for number in range(10, 60)]
    later = NOW + timedelta(minutes=2)
    forgotten = [UUID(each) for each in journeys[10:60]]
    return {
        "take": lambda do: do.ledger.take(request, NOW),
        "take many": lambda do: do.ledger.take_many(several, NOW),
        "cancel": lambda do: do.ledger.cancel(journeys[0], NOW),
        "rebook": lambda do: do.ledger.rebook(journeys[1], instead, NOW),
        "release": lambda do: do.ledger.release(request.journey, Leg.HOME, [1], NOW),
        "release of the last": lambda do: do.ledger.release(instead.journey, Leg.OUT, [0], NOW),
        "expire": lambda do: do.ledger.expire(later),
        "forget": lambda do: do.connection.execute(
            "SELECT tongguan.forget_journeys(%s)", (forgotten,)
        ),
    }


@pytest.mark.parametrize("statistics", ["none", "of full tables"])
def test_ledger__of_full_tables__looks_at_few_rows(database, statistics):
    with database.connection() as connection:
        connection.execute(_FILLED, {"journeys": JOURNEYS, "monday": MONDAY, "now": NOW})
        if statistics == "of full tables":
            connection.execute("ANALYZE")
        journeys = [
            str(id_)
            for (id_,) in connection.execute(
                "SELECT id FROM tongguan.journey WHERE held_until IS NULL LIMIT 60"
            )
        ]
    looked = Looked(database)
    answers = {name: looked.at(name, call) for name, call in ways_of(journeys).items()}
    assert isinstance(answers["take"], PlacesTaken)
    assert isinstance(answers["rebook"], PlacesTaken)
    assert len(answers["expire"]) == 5
    for name, tables in looked.rows.items():
        for table, (scans, rows) in tables.items():
            assert scans == 0, (name, table)
            assert rows <= ROWS_MAX, (name, table)
    with database.transaction() as transaction:
        assert list(transaction.places_check.differences({}, date.max)) == []
