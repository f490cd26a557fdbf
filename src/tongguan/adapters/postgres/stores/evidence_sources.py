"""Enrolled sources of evidence, the batches they signed (sealed) and the places they list."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from tongguan.adapters.postgres.sealed import Seals
from tongguan.core.evidence.records import RiskPlace
from tongguan.core.evidence.sources import EvidenceSource, SourceKind, Unsound
from tongguan.core.identifiers import DivisionCode, EvidenceSourceId, UnitId

_SIGNED = "evidence_batch.signed_sealed"
_ENROL = """
    INSERT INTO tongguan.evidence_source
        (id, kind, unit, name, public, not_before, not_after, enrolled_at, withdrawn_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING
"""
# A source that sends its whole list each day lists nothing twice.
_LIST = """
    INSERT INTO tongguan.risk_place (division, first_on, last_on, source, listed_at)
    SELECT %(division)s, %(first_on)s, %(last_on)s, %(source)s, %(listed_at)s
    WHERE NOT EXISTS (
        SELECT FROM tongguan.risk_place
        WHERE division = %(division)s AND first_on = %(first_on)s AND source = %(source)s
            AND last_on IS NOT DISTINCT FROM %(last_on)s)
"""


@dataclass(frozen=True, slots=True)
class PostgresEvidenceSources:
    """``EvidenceSourceStore`` within one transaction."""

    connection: Connection[Any]
    seals: Seals

    def enrol(self, source: EvidenceSource) -> bool:
        return bool(
            self.connection.execute(
                _ENROL,
                (
                    source.id,
                    source.kind.value,
                    source.unit,
                    source.name,
                    source.public,
                    source.not_before,
                    source.not_after,
                    source.enrolled_at,
                    source.withdrawn_at,
                ),
            ).rowcount
        )

    def withdraw(self, source: EvidenceSourceId, at: datetime) -> bool:
        return bool(
            self.connection.execute(
                "UPDATE tongguan.evidence_source SET withdrawn_at = %s"
                " WHERE id = %s AND withdrawn_at IS NULL",
                (at, source),
            ).rowcount
        )

    def disbelieve(self, source: EvidenceSourceId, since: datetime, because: Unsound) -> None:
        changed = self.connection.execute(
            "UPDATE tongguan.evidence_source"
            " SET unsound_since = least(unsound_since, %s), unsound_because = %s WHERE id = %s",
            (since, because.value, source),
        ).rowcount
        if not changed:
            raise LookupError("no such source")

    def get(self, source: EvidenceSourceId) -> EvidenceSource | None:
        return next((each for each in self.all() if each.id == source), None)

    def all(self) -> tuple[EvidenceSource, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute("SELECT * FROM tongguan.evidence_source ORDER BY id").fetchall()
        return tuple(_source(row) for row in rows)

    def add_batch(
        self, batch: str, source: EvidenceSourceId, signed: bytes, at: datetime, delete_after: date
    ) -> bool:
        return bool(
            self.connection.execute(
                "INSERT INTO tongguan.evidence_batch"
                " (digest, source, signed_sealed, received_at, delete_after)"
                " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (digest) DO NOTHING",
                (
                    batch,
                    source,
                    self.seals.seal(signed.hex(), _SIGNED, batch),
                    at,
                    delete_after,
                ),
            ).rowcount
        )

    def list_risk_place(self, place: RiskPlace) -> bool:
        return bool(
            self.connection.execute(
                _LIST,
                {
                    "division": place.division,
                    "first_on": place.first_on,
                    "last_on": place.last_on,
                    "source": place.source,
                    "listed_at": place.listed_at,
                },
            ).rowcount
        )

    def end_risk_place(self, division: DivisionCode, last_on: date, source: str) -> bool:
        return bool(
            self.connection.execute(
                "UPDATE tongguan.risk_place SET last_on = %s"
                " WHERE division = %s AND source = %s AND last_on IS NULL",
                (last_on, division, source),
            ).rowcount
        )

    def take_back_places(self, source: EvidenceSourceId, since: datetime, at: datetime) -> int:
        return self.connection.execute(
            "UPDATE tongguan.risk_place SET taken_back_at = %s"
            " WHERE source = %s AND listed_at >= %s AND taken_back_at IS NULL",
            (at, source, since),
        ).rowcount

    def risk_places(self) -> tuple[RiskPlace, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(
                "SELECT * FROM tongguan.risk_place WHERE taken_back_at IS NULL ORDER BY serial"
            ).fetchall()
        return tuple(
            RiskPlace(
                division=DivisionCode(row["division"]),
                first_on=row["first_on"],
                last_on=row["last_on"],
                source=row["source"],
                listed_at=row["listed_at"],
            )
            for row in rows
        )


def _source(row: dict[str, Any]) -> EvidenceSource:
    because = row["unsound_because"]
    return EvidenceSource(
        id=EvidenceSourceId(row["id"]),
        kind=SourceKind(row["kind"]),
        unit=None if row["unit"] is None else UnitId(row["unit"]),
        name=row["name"],
        public=bytes(row["public"]),
        not_before=row["not_before"],
        not_after=row["not_after"],
        enrolled_at=row["enrolled_at"],
        withdrawn_at=row["withdrawn_at"],
        unsound_since=row["unsound_since"],
        unsound_because=None if because is None else Unsound(because),
    )
