"""Counts of adverse acts, cases and alarms by month."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection

from tongguan.app.health.figures_port import ActCount, CaseCount
from tongguan.core.evidence.limits import CLAIMS_CLOCK
from tongguan.core.evidence.records import Route

_ACTS = """
    SELECT date_trunc('month', at AT TIME ZONE %s)::date AS month, route, count(*),
        count(*) FILTER (WHERE held), count(*) FILTER (WHERE reviewed_at IS NOT NULL)
    FROM tongguan.adverse_act AS act
    WHERE at >= %s AND NOT EXISTS (
        SELECT FROM tongguan.adverse_act AS given
        WHERE given.evidence = act.evidence AND given.serial < act.serial
            AND given.route = act.route AND NOT given.held
            AND (given.causers = ARRAY[%s] OR given.reviewed_at = act.at))
    GROUP BY 1, 2 ORDER BY 1, 2
"""
_CASES = """
    SELECT date_trunc('month', event.at AT TIME ZONE %(zone)s)::date,
        count(*) FILTER (WHERE kind = 'opened'),
        count(*) FILTER (WHERE kind = 'decided' AND decided_at < decide_by),
        count(*) FILTER (WHERE kind = 'over' AND (decided_at IS NULL OR decided_at >= decide_by))
    FROM tongguan.correction_clock CROSS JOIN LATERAL (
        VALUES ('opened', opened_at), ('decided', decided_at), ('over', decide_by)
    ) AS event (kind, at)
    WHERE event.at >= %(since)s AND event.at <= %(until)s GROUP BY 1 ORDER BY 1
"""
_ALARMS = """
    SELECT date_trunc('month', raised_at AT TIME ZONE %s)::date, count(*)
    FROM tongguan.health_alarm WHERE raised_at >= %s GROUP BY 1 ORDER BY 1
"""
_PLACES = """
    SELECT date_trunc('month', listed_at AT TIME ZONE %s)::date, count(*)
    FROM tongguan.risk_place WHERE listed_at >= %s GROUP BY 1 ORDER BY 1
"""
_REFUSALS = """
    SELECT date_trunc('month', refused_at AT TIME ZONE %s)::date, count(*)
    FROM tongguan.claim_refusal WHERE refused_at >= %s GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class PostgresHealthFigures:
    """``HealthFigureStore`` within one transaction."""

    connection: Connection[Any]

    def acts(self, since: datetime, *, zone: str) -> tuple[ActCount, ...]:
        # What was nobody's hand stands once: those who found it in order, at the same instant,
        # answer for it in a row more.
        rows = self.connection.execute(_ACTS, (zone, since, CLAIMS_CLOCK)).fetchall()
        return tuple(
            ActCount(month=month, route=Route(route), acts=acts, held=held, reviewed=reviewed)
            for month, route, acts, held, reviewed in rows
        )

    def cases(self, since: datetime, *, until: datetime, zone: str) -> tuple[CaseCount, ...]:
        asked = {"since": since, "until": until, "zone": zone}
        rows = self.connection.execute(_CASES, asked).fetchall()
        return tuple(
            CaseCount(month=month, opened=opened, decided_in_time=decided, relieved=relieved)
            for month, opened, decided, relieved in rows
        )

    def cases_open(self) -> int:
        return self._number("SELECT count(*) FROM tongguan.correction_case WHERE state = 'open'")

    def alarms(self, since: datetime, *, zone: str) -> tuple[tuple[date, int], ...]:
        return tuple(self.connection.execute(_ALARMS, (zone, since)).fetchall())

    def alarms_open(self) -> int:
        return self._number("SELECT count(*) FROM tongguan.health_alarm WHERE reviewed_at IS NULL")

    def places_listed(self, since: datetime, *, zone: str) -> tuple[tuple[date, int], ...]:
        return tuple(self.connection.execute(_PLACES, (zone, since)).fetchall())

    def claims_refused(self, since: datetime, *, zone: str) -> tuple[tuple[date, int], ...]:
        return tuple(self.connection.execute(_REFUSALS, (zone, since)).fetchall())

    def _number(self, statement: str) -> int:
        row = self.connection.execute(statement.encode()).fetchone()
        assert row is not None  # noqa: S101 - an aggregate always answers
        return int(row[0])
