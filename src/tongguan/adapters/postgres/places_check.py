"""Whether counters, counts, places and live journeys say the same, and putting them right."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tongguan.adapters.postgres import places_check_statements as statements
from tongguan.adapters.postgres.ledger_messages import key_from
from tongguan.adapters.postgres.recount import planned_for_whole_tables
from tongguan.app.places_check_port import Difference, DifferenceKind, Extent
from tongguan.core.identifiers import JourneyId, PersonKey, SchemeId
from tongguan.core.quota.windows import WindowKey

_FETCHED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class PostgresPlacesCheck:
    """``PlacesCheck`` within one transaction."""

    connection: Connection[Any]

    def look_at_one_moment(self) -> None:
        """The first thing of a transaction that only looks: nothing changes under it."""
        self.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    def take_time(self) -> None:
        """Let statements of this transaction take as long as they need."""
        for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
            self.connection.execute("SELECT set_config(%s, '0', true)", (name,))

    def extent(self) -> Extent:
        """How many rows there are."""
        row = self.connection.execute(statements.EXTENT).fetchone()
        windows, journeys, places = row if row is not None else (0, 0, 0)
        return Extent(windows=windows, journeys=journeys, places=places)

    def differences(
        self, week_starts: Mapping[SchemeId, Sequence[int]], after: date
    ) -> Iterator[Difference]:
        """Every difference, one after another; the server keeps what is not yet read."""
        given = {"week_starts": Jsonb(dict(week_starts)), "after": after}
        with planned_for_whole_tables(self.connection):
            for number, statement in enumerate(statements.DIFFERENCES):
                with closing(
                    self.connection.cursor(f"differences_{number}", row_factory=dict_row)
                ) as cursor:
                    cursor.itersize = _FETCHED_AT_ONCE
                    cursor.execute(statement.encode(), given)
                    yield from map(_difference_from, cursor)

    def repair(self, difference: Difference, live_until: datetime | None) -> None:
        """Write what should be; raises ``LookupError`` where the row is not as it was."""
        row = {
            "scheme": difference.scheme,
            "journey": difference.journey,
            "person": difference.person,
            "number": difference.number,
            "says": difference.says,
            "should": difference.should,
            "live_until": live_until,
            **_key_as_row(difference.window),
        }
        done = self.connection.execute(statements.REPAIRS[difference.kind].encode(), row)
        if done.rowcount != 1:
            raise LookupError(f"{difference.kind}: {done.rowcount} rows are as they were shown")


def _difference_from(row: Mapping[str, Any]) -> Difference:
    journey, person = row["journey"], row["person"]
    return Difference(
        kind=DifferenceKind(row["kind"]),
        is_repairable=row["is_repairable"],
        scheme=SchemeId(row["cell_scheme"]),
        window=None if row["quota"] is None else key_from(row),
        days=row["days"],
        journey=None if journey is None else JourneyId(str(journey)),
        person=None if person is None else PersonKey(bytes(person)),
        number=row["number"],
        says=row["says"],
        should=row["should"],
        facts={name: str(value) for name, value in (row["facts"] or {}).items()},
    )


def _key_as_row(key: WindowKey | None) -> dict[str, object]:
    if key is None:
        return {}
    scheme, week, quota, starts, dimensions = key
    return {
        "scheme": scheme,
        "cell_week": week,
        "quota": quota,
        "starts": starts,
        "dimensions": [f"{name}={value}" for name, value in dimensions],
    }
