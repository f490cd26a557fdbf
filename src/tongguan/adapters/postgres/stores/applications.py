"""Applications and the people in them; names, numbers and evidence are sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tongguan.adapters.postgres.decisions import decision_as_data, decision_from_data
from tongguan.adapters.postgres.people import person_as_data, person_from_data
from tongguan.adapters.postgres.sealed import Seals
from tongguan.app.stores import Application, ApplicationState, Party, PartyKind
from tongguan.core.eligibility.stays import Stay
from tongguan.core.identifiers import (
    ApplicationId,
    CategoryId,
    DivisionCode,
    PersonKey,
    PhaseId,
    SponsorId,
    VersionDigest,
)

_EVIDENCE = "application.evidence_sealed"
_PERSON = "applicant.person_sealed"
_STAYS = "application.stays_sealed"

_INSERT = """
    INSERT INTO tongguan.application
        (id, reference, request_hash, version_digest, phase, category, evidence_sealed, itinerary,
         state, decision, submitted_at, decided_at, decided_by, delete_after,
         sponsor, stays_sealed, decide_by)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (id) DO NOTHING
"""
_SELECT = """
    SELECT a.*, (SELECT jsonb_agg(jsonb_build_array(
                            encode(p.person_index, 'hex'), encode(p.person_sealed, 'hex'))
                            ORDER BY p.number)
                 FROM tongguan.applicant p WHERE p.application = a.id) AS people
    FROM tongguan.application a
"""
_PARTIES = """
    SELECT id::text,
        ARRAY(SELECT person_index FROM tongguan.applicant
              WHERE application = id ORDER BY number) AS persons,
        CASE WHEN %(births)s THEN
            (SELECT person_sealed FROM tongguan.applicant WHERE application = id AND number = 0)
        END AS head_sealed,
        category, sponsor, state, lapsed_at
    FROM tongguan.application WHERE id = ANY (%(ids)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class PostgresApplications:
    """``ApplicationStore`` within one transaction."""

    connection: Connection[Any]
    seals: Seals

    def add(self, application: Application, request_hash: bytes, delete_after: date) -> bool:
        row = str(application.id)
        added = self.connection.execute(
            _INSERT,
            (
                row,
                application.reference,
                request_hash,
                application.version,
                application.phase,
                application.category,
                self.seals.seal(dict(application.evidence), _EVIDENCE, row),
                list(application.itinerary),
                application.state.value,
                Jsonb(decision_as_data(application.decision)),
                application.submitted_at,
                application.decided_at,
                application.decided_by,
                delete_after,
                application.sponsor,
                self._sealed_stays(application),
                application.decide_by,
            ),
        ).rowcount
        if added:
            self._add_people(application)
        return bool(added)

    def _sealed_stays(self, application: Application) -> bytes | None:
        if application.stays is None:
            return None
        plain = [[each.division, each.last_on.isoformat()] for each in application.stays]
        return self.seals.seal(plain, _STAYS, str(application.id))

    def _stays(self, row: dict[str, Any]) -> tuple[Stay, ...] | None:
        if row["stays_sealed"] is None:
            return None
        plain = self.seals.open(bytes(row["stays_sealed"]), _STAYS, str(row["id"]))
        return tuple(
            Stay(division=DivisionCode(division), last_on=date.fromisoformat(last_on))
            for division, last_on in plain
        )

    def _add_people(self, application: Application) -> None:
        numbered = zip(application.people, application.person_keys, strict=True)
        with self.connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO tongguan.applicant (application, number, person_index, person_sealed)"
                " VALUES (%s, %s, %s, %s)",
                [
                    (
                        application.id,
                        number,
                        key,
                        self.seals.seal(
                            person_as_data(person), _PERSON, f"{application.id}/{number}"
                        ),
                    )
                    for number, (person, key) in enumerate(numbered)
                ],
            )

    def request_hash(self, application: ApplicationId) -> bytes | None:
        row = self.connection.execute(
            "SELECT request_hash FROM tongguan.application WHERE id = %s", (application,)
        ).fetchone()
        return bytes(row[0]) if row else None

    def get(self, application: ApplicationId, *, lock: bool = False) -> Application | None:
        found = self._select(
            "WHERE a.id = %s" + (" FOR UPDATE OF a" if lock else ""), (application,)
        )
        return found[0] if found else None

    def by_reference(self, reference: str) -> Application | None:
        found = self._select("WHERE a.reference = %s", (reference,))
        return found[0] if found else None

    def parties(
        self, applications: Sequence[ApplicationId], *, with_births: bool
    ) -> Mapping[ApplicationId, Party]:
        asked = {"ids": "{" + ",".join(applications) + "}", "births": with_births}
        kinds: dict[tuple[object, ...], PartyKind] = {}
        parties: dict[ApplicationId, Party] = {}
        for row in self.connection.execute(_PARTIES, asked).fetchall():
            id_, persons, head_sealed, category, sponsor, state, lapsed_at = row
            born = None if head_sealed is None else self._born(id_, head_sealed)
            key = (category, sponsor, state, lapsed_at, born)
            kind = kinds.get(key)
            if kind is None:
                kind = kinds[key] = PartyKind(
                    category=category,
                    sponsor=sponsor,
                    state=ApplicationState(state),
                    lapsed_at=lapsed_at,
                    head_born=born,
                )
            parties[id_] = Party(kind, tuple(persons))
        return parties

    def _born(self, application: str, head_sealed: bytes) -> date | None:
        head = self.seals.open(bytes(head_sealed), _PERSON, f"{application}/0")
        return person_from_data(head).born

    def waiting(self, *, limit: int) -> tuple[Application, ...]:
        return self._select(
            "WHERE a.state = 'waiting' ORDER BY a.decide_by NULLS LAST, a.submitted_at, a.id"
            " LIMIT %s",
            (limit,),
        )

    def keep_all_until(self, days: Mapping[ApplicationId, date]) -> None:
        self.connection.execute(
            "UPDATE tongguan.application SET delete_after = asked.day"
            " FROM unnest(%s::uuid[], %s::date[]) AS asked (id, day)"
            " WHERE application.id = asked.id AND delete_after < asked.day",
            (list(days), list(days.values())),
        )

    def decide(self, application: Application) -> None:
        self.connection.execute(
            "UPDATE tongguan.application SET category = %s, state = %s, decision = %s,"
            " decided_at = %s, decided_by = %s WHERE id = %s",
            (
                application.category,
                application.state.value,
                Jsonb(decision_as_data(application.decision)),
                application.decided_at,
                application.decided_by,
                application.id,
            ),
        )

    def _select(self, where: str, parameters: Sequence[Any]) -> tuple[Application, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(_SELECT + where, parameters).fetchall()
        return tuple(self._application(row) for row in rows)

    def _application(self, row: dict[str, Any]) -> Application:
        key = str(row["id"])
        people = row["people"] or []
        return Application(
            id=ApplicationId(key),
            reference=row["reference"],
            version=VersionDigest(row["version_digest"]),
            phase=PhaseId(row["phase"]),
            category=CategoryId(row["category"]),
            people=tuple(
                person_from_data(self.seals.open(bytes.fromhex(sealed), _PERSON, f"{key}/{number}"))
                for number, (_, sealed) in enumerate(people)
            ),
            person_keys=tuple(PersonKey(bytes.fromhex(index)) for index, _ in people),
            evidence=self.seals.open(bytes(row["evidence_sealed"]), _EVIDENCE, key),
            itinerary=tuple(DivisionCode(each) for each in row["itinerary"]),
            state=ApplicationState(row["state"]),
            decision=decision_from_data(row["decision"]),
            submitted_at=row["submitted_at"],
            decided_at=row["decided_at"],
            decided_by=row["decided_by"],
            sponsor=None if row["sponsor"] is None else SponsorId(row["sponsor"]),
            stays=self._stays(row),
            decide_by=row["decide_by"],
            lapsed_at=row["lapsed_at"],
        )
