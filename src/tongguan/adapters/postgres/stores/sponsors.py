"""Sponsors' lists: the keyed index of a person and nothing else about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection

from tongguan.app.sponsor_port import SponsorCount
from tongguan.core.identifiers import PersonKey, SchemeId, SponsorId


@dataclass(frozen=True, slots=True)
class PostgresSponsors:
    """``SponsorStore`` within one transaction."""

    connection: Connection[Any]

    def add(
        self,
        scheme: SchemeId,
        sponsor: SponsorId,
        people: Sequence[PersonKey],
        *,
        at: datetime,
        delete_after: date,
    ) -> int:
        return self.connection.execute(
            "INSERT INTO tongguan.sponsored_person"
            " (scheme, sponsor, person_index, named_at, delete_after)"
            " SELECT %s, %s, person, %s, %s FROM unnest(%s::bytea[]) AS person"
            " ON CONFLICT DO NOTHING",
            (scheme, sponsor, at, delete_after, sorted(set(people))),
        ).rowcount

    def remove(self, scheme: SchemeId, sponsor: SponsorId, people: Sequence[PersonKey]) -> int:
        return self.connection.execute(
            "DELETE FROM tongguan.sponsored_person"
            " WHERE scheme = %s AND sponsor = %s AND person_index = ANY (%s::bytea[])",
            (scheme, sponsor, list(people)),
        ).rowcount

    def named(
        self, scheme: SchemeId, sponsor: SponsorId, people: Sequence[PersonKey]
    ) -> frozenset[PersonKey]:
        rows = self.connection.execute(
            "SELECT person_index FROM tongguan.sponsored_person"
            " WHERE scheme = %s AND sponsor = %s AND person_index = ANY (%s::bytea[])",
            (scheme, sponsor, list(people)),
        ).fetchall()
        return frozenset(PersonKey(bytes(row[0])) for row in rows)

    def of_person(self, person: PersonKey) -> tuple[SponsorId, ...]:
        rows = self.connection.execute(
            "SELECT DISTINCT sponsor FROM tongguan.sponsored_person WHERE person_index = %s"
            " ORDER BY sponsor",
            (person,),
        ).fetchall()
        return tuple(SponsorId(row[0]) for row in rows)

    def counts(self, scheme: SchemeId) -> tuple[SponsorCount, ...]:
        rows = self.connection.execute(
            "SELECT sponsor, count(*), max(named_at) FROM tongguan.sponsored_person"
            " WHERE scheme = %s GROUP BY sponsor ORDER BY sponsor",
            (scheme,),
        ).fetchall()
        return tuple(
            SponsorCount(sponsor=SponsorId(sponsor), people=people, changed_at=changed_at)
            for sponsor, people, changed_at in rows
        )
