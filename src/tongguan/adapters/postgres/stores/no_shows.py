"""Who holds a place home and has not crossed by the pass of the way out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from psycopg import Connection

from tongguan.app.no_show_port import NoShow, SlotOfText
from tongguan.core.identifiers import ApplicationId, JourneyId

_CROSSED = """EXISTS (
            SELECT FROM tongguan.pass
            JOIN tongguan.crossing ON crossing.pass_id = pass.id AND crossing.crossed
            WHERE pass.journey = way_out.journey AND pass.leg = 'out'
                AND pass.person_number = way_out.person_number)"""
# It begins with the ways out of the few weeks by whose slots anybody may be judged, and looks for
# each one's place home by its whole key: however far ahead people have booked, little is read.
_FIND = f"""
    WITH absent AS MATERIALIZED (
        SELECT journey.id, journey.application, way_out.cell_scheme, way_out.cell_week,
            way_out.direction, way_out.control_point, way_out.slot, way_out.day,
            way_out.person_number
        FROM tongguan.place AS way_out
        JOIN tongguan.journey ON journey.id = way_out.journey
            AND journey.cancelled_at IS NULL AND journey.held_until IS NULL
        JOIN unnest(%(versions)s::text[], %(phases)s::text[], %(directions)s::text[],
                    %(slots)s::text[], %(last_days)s::date[])
            AS waited (version, phase, direction, slot, last_day)
            ON (waited.version, waited.phase, waited.direction, waited.slot)
                = (journey.version_digest, journey.phase, way_out.direction, way_out.slot)
            AND way_out.day <= waited.last_day
        WHERE way_out.cell_scheme = ANY (%(schemes)s) AND way_out.cell_week = ANY (%(weeks)s)
            AND way_out.leg = 'out' AND way_out.day >= %(out_from)s
            AND EXISTS (
                SELECT FROM unnest(journey.cell_weeks) AS of_journey (week)
                JOIN tongguan.place AS home ON home.cell_scheme = way_out.cell_scheme
                    AND home.cell_week = of_journey.week AND home.journey = way_out.journey
                    AND home.leg = 'home' AND home.person_number = way_out.person_number
                    AND home.day >= %(home_from)s)
            AND {{condition}} AND NOT {_CROSSED}
    ), told AS MATERIALIZED (
        SELECT way_out.cell_scheme, way_out.direction, way_out.control_point, way_out.slot,
            way_out.day
        FROM tongguan.place AS way_out
        JOIN tongguan.journey ON journey.id = way_out.journey
            AND journey.cancelled_at IS NULL AND journey.held_until IS NULL
        WHERE (way_out.cell_scheme, way_out.cell_week, way_out.direction, way_out.control_point,
                way_out.slot, way_out.day)
                IN (SELECT cell_scheme, cell_week, direction, control_point, slot, day FROM absent)
            AND way_out.cell_scheme = ANY (%(schemes)s) AND way_out.cell_week = ANY (%(weeks)s)
            AND way_out.leg = 'out'
        GROUP BY way_out.cell_scheme, way_out.direction, way_out.control_point, way_out.slot,
            way_out.day
        HAVING 100 * count(*) FILTER (WHERE {_CROSSED}) >= %(told_percent_min)s * count(*)
    )
    SELECT id, application, array_agg(person_number)
    FROM absent JOIN told USING (cell_scheme, direction, control_point, slot, day)
    GROUP BY id, application ORDER BY id LIMIT %(limit)s
"""  # noqa: S608 - made of constants
_OF_ALL = _FIND.format(condition="true")
_OF_JOURNEY = _FIND.format(condition="way_out.journey = %(journey)s")
_ANY_DAY = date.min
_ONE_DAY = timedelta(days=1)
_DAYS_OF_WEEK = 7


@dataclass(frozen=True, slots=True)
class PostgresNoShows:
    """``NoShowStore`` within one transaction."""

    connection: Connection[Any]

    def find(
        self,
        slots: Sequence[SlotOfText],
        *,
        out_from: date,
        home_from: date,
        told_percent_min: int,
        limit: int,
    ) -> tuple[NoShow, ...]:
        asked = {"home_from": home_from, "told_percent_min": told_percent_min, "limit": limit}
        return self._found(_OF_ALL, slots, out_from, asked)

    def of_journey(
        self,
        slots: Sequence[SlotOfText],
        journey: JourneyId,
        *,
        out_from: date,
        told_percent_min: int,
    ) -> NoShow | None:
        asked = {
            "journey": journey,
            "home_from": _ANY_DAY,
            "told_percent_min": told_percent_min,
            "limit": 1,
        }
        found = self._found(_OF_JOURNEY, slots, out_from, asked)
        return found[0] if found else None

    def _found(
        self, query: str, slots: Sequence[SlotOfText], out_from: date, asked: Mapping[str, object]
    ) -> tuple[NoShow, ...]:
        last_days = [each.waited_for.last_day for each in slots]
        waited = {
            "schemes": sorted({each.scheme for each in slots}),
            "weeks": _weeks(out_from, max(last_days, default=_ANY_DAY)),
            "out_from": out_from,
            "versions": [each.version for each in slots],
            "phases": [each.phase for each in slots],
            "directions": [each.waited_for.direction for each in slots],
            "slots": [each.waited_for.slot for each in slots],
            "last_days": last_days,
        }
        rows = self.connection.execute(query.encode(), {**waited, **asked}).fetchall()
        return tuple(
            NoShow(
                journey=JourneyId(str(journey)),
                application=ApplicationId(str(application)),
                person_numbers=tuple(sorted(numbers)),
            )
            for journey, application, numbers in rows
        )


def _weeks(first: date, last: date) -> list[date]:
    """Every day on which a week with one of these days may begin."""
    begins = first - _ONE_DAY * (_DAYS_OF_WEEK - 1)
    return [begins + _ONE_DAY * number for number in range((last - begins).days + 1)]
