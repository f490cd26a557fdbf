"""Whether what was decided is right: against a count one after another, and in the rows.

It trusts neither the answers nor the counters: the answers have to be those of a sequential count,
the rows have to be those of the answers, and the counters have to be the sums of the rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import psycopg

from tongguan.adapters.postgres.connections import Database
from tongguan.app.ledger_port import PlaceRequest, PlacesAnswer, PlacesRefused, PlacesTaken
from tongguan.cli.bench import bulk_insert
from tongguan.core.identifiers import SchemeId
from tongguan.core.quota.windows import Window, WindowKey


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Something that is not as it has to be."""

    measurement: str
    what: str
    expected: int
    found: int


class Reference:
    """A count of places one party after another: what the ledger's answers have to be."""

    def __init__(self) -> None:
        self.taken: dict[WindowKey, int] = {}
        self.limits: dict[WindowKey, int] = {}

    def decide(self, request: PlaceRequest) -> bool:
        """Whether the party has its places now; what it takes is gone for the next."""
        needs = [(window, times * len(request.persons)) for window, times in request.asked.windows]
        self.limits.update((window.key, window.limit) for window, _ in needs)
        fits = all(
            self.taken.get(window.key, 0) + persons <= window.limit for window, persons in needs
        )
        if fits:
            for window, persons in needs:
                self.taken[window.key] = self.taken.get(window.key, 0) + persons
        return fits


def differences(
    measurement: str,
    database: Database,
    decided: Sequence[tuple[PlaceRequest, PlacesAnswer]],
) -> tuple[Difference, ...]:
    """What is not as it has to be after these requests of one scheme, in the order decided."""
    reference = Reference()
    wrong = 0
    for request, answer in decided:
        # Everyone is new and every id is new: an answer is one of two.
        expected = PlacesTaken if reference.decide(request) else PlacesRefused
        wrong += not isinstance(answer, expected)
    taken = [request for request, answer in decided if isinstance(answer, PlacesTaken)]
    with database.connection() as connection:
        found = [
            ("answers_wrong", 0, wrong),
            *_rows(connection, decided[0][0].asked.scheme, taken),
            ("decisions_recorded", len(decided), _recorded(connection, decided)),
            *_counters(connection, reference),
        ]
    return tuple(
        Difference(measurement=measurement, what=what, expected=expected, found=number)
        for what, expected, number in found
        if expected != number
    )


def one_by_one_differences(
    measurement: str, database: Database, windows: Iterable[Window], done: int
) -> tuple[Difference, ...]:
    """What is not as it has to be after this many bookings in these windows."""
    reference = Reference()
    reference.taken = {window.key: done for window in windows}
    reference.limits = {window.key: window.limit for window in windows}
    with database.connection() as connection:
        found = list(_counters(connection, reference))
    return tuple(
        Difference(measurement=measurement, what=what, expected=expected, found=number)
        for what, expected, number in found
        if expected != number
    )


def counters_wrong(connection: psycopg.Connection) -> int:
    """Windows whose counter is not the sum of what they count, or is beyond the limit."""
    query = """
        SELECT count(*)
        FROM tongguan.quota_window AS counted
        FULL JOIN (
            SELECT cell_scheme, cell_week, quota, starts, dimensions, sum(persons) AS summed
            FROM tongguan.journey_window
            GROUP BY cell_scheme, cell_week, quota, starts, dimensions
        ) AS held USING (cell_scheme, cell_week, quota, starts, dimensions)
        WHERE cell_scheme <> %s AND (
            coalesce(taken, 0) <> coalesce(summed, 0)
            OR coalesce(summed, 0) > coalesce(capacity + honoured, 0))
    """
    # What was barely inserted is counted by no window.
    row = connection.execute(query, (bulk_insert.SCHEME,)).fetchone()
    return -1 if row is None else int(row[0])


def _rows(
    connection: psycopg.Connection, scheme: SchemeId, taken: Sequence[PlaceRequest]
) -> list[tuple[str, int, int]]:
    """The journeys and places of those who were told that they have them, and of nobody else."""
    persons = sum(len(request.persons) for request in taken)
    windows = sum(len(request.asked.windows) for request in taken)
    ids = [request.journey for request in taken]
    query = """
        SELECT (SELECT count(*) FROM tongguan.journey WHERE scheme = %(scheme)s),
            (SELECT count(*) FROM tongguan.journey
             WHERE scheme = %(scheme)s AND id = ANY (%(ids)s::uuid[])),
            (SELECT count(*) FROM tongguan.place WHERE cell_scheme = %(scheme)s),
            (SELECT count(*) FROM tongguan.journey_window WHERE cell_scheme = %(scheme)s),
            (SELECT count(*) FROM tongguan.live_journey
             WHERE scheme = %(scheme)s AND journey = ANY (%(ids)s::uuid[]))
    """
    row = connection.execute(query, {"scheme": scheme, "ids": ids}).fetchone() or (0,) * 5
    names = ("journeys", "journeys_acknowledged", "places", "journey_windows", "live_journeys")
    return list(zip(names, (len(taken), len(taken), persons, windows, persons), row, strict=True))


def _recorded(
    connection: psycopg.Connection, decided: Sequence[tuple[PlaceRequest, PlacesAnswer]]
) -> int:
    ids = [request.journey for request, _ in decided]
    row = connection.execute(
        "SELECT count(*) FROM tongguan.audit_entry WHERE subject = ANY (%s)", (ids,)
    ).fetchone()
    return 0 if row is None else int(row[0])


def _counters(
    connection: psycopg.Connection, reference: Reference
) -> Iterable[tuple[str, int, int]]:
    """Each window's counter, its sum in the rows, and whether it stays within its limit."""
    query = """
        SELECT taken, (
            SELECT coalesce(sum(persons), 0) FROM tongguan.journey_window AS held
            WHERE held.number = counted.number)
        FROM tongguan.quota_window AS counted
        WHERE cell_scheme = %s AND cell_week = %s AND quota = %s AND starts = %s
            AND dimensions = %s
    """
    for key, expected in reference.taken.items():
        scheme, week, quota, starts, dimensions = key
        written = [f"{name}={value}" for name, value in dimensions]
        row = connection.execute(query, (scheme, week, quota, starts, written)).fetchone()
        counted, summed = row or (0, 0)
        name = f"{quota}/{starts}"
        yield (f"taken:{name}", expected, int(counted))
        yield (f"places_counted:{name}", expected, int(summed))
        limit = reference.limits[key]
        yield (f"beyond_limit:{name}", 0, max(0, int(summed) - limit))
