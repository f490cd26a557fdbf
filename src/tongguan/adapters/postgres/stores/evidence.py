"""Evidence, what became of it, and adverse acts; what is said of a person is sealed."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from tongguan.adapters.postgres.sealed import Seals
from tongguan.app.evidence.store import AdverseAct
from tongguan.core.evidence.records import (
    EventKind,
    Evidence,
    EvidenceEvent,
    EvidenceKind,
    KeptEvidence,
    Route,
)
from tongguan.core.evidence.sources import ROUTES
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import (
    CaseId,
    EvidenceId,
    EvidenceSourceId,
    PersonKey,
    RegistrationId,
)

_CONTENT = "evidence.content_sealed"
# Locks of two numbers share nothing with those of one, which the ledger and the codes use.
_PERSON_LOCKS = 1
_CAUSER_LOCKS = 2
_LOCK_BYTES = 4
_INSERT = """
    INSERT INTO tongguan.evidence
        (id, request_hash, person_index, registration, route, source, causers, content_sealed,
         batch, issued_at, received_at, ends_at, delete_after)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (id) DO NOTHING
"""
_INSERT_EVENT = """
    INSERT INTO tongguan.evidence_event
        (evidence, kind, at, by, units, correction_case, decide_by)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
# Nothing becomes of evidence any more to which one of these has happened.
_OVER = [EventKind.LIFTED.value, EventKind.SUPERSEDED.value, EventKind.WITHDRAWN.value]
_SIGNED = [each.value for each in ROUTES.values()]
_SAID_BY = """
    WHERE serial IN (
        SELECT serial FROM tongguan.evidence AS said
        WHERE source = %s AND batch IS NOT NULL AND route = ANY (%s)
            AND (received_at, id) > (%s, %s::uuid)
            AND NOT EXISTS (
                SELECT FROM tongguan.evidence_event WHERE evidence = said.id AND kind = ANY (%s))
        ORDER BY received_at, id LIMIT %s)
"""
_TO_REVIEW = """
    WHERE serial IN (
        (SELECT serial FROM tongguan.adverse_act WHERE reviewed_at IS NULL AND held
            ORDER BY serial LIMIT %s)
        UNION ALL
        (SELECT serial FROM tongguan.adverse_act WHERE reviewed_at IS NULL AND NOT held
            ORDER BY serial LIMIT %s))
    ORDER BY held DESC, serial
"""
_INSERT_ACT = """
    INSERT INTO tongguan.adverse_act
        (evidence, route, causers, targets, at, held, reviewed_at, reviewed_by)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING serial
"""


@dataclass(frozen=True, slots=True)
class PostgresEvidence:
    """``EvidenceStore`` within one transaction."""

    connection: Connection[Any]
    seals: Seals

    def hold_person(self, person: PersonKey) -> None:
        # Two persons whose keys begin alike wait for each other, and nothing worse.
        self._hold(_PERSON_LOCKS, [_lock(person)])

    def hold_causers(self, causers: Sequence[str]) -> None:
        # In the order of the numbers, not of the names: two names may share one number.
        locks = {_lock(hashlib.sha256(each.encode()).digest()) for each in causers}
        self._hold(_CAUSER_LOCKS, sorted(locks))

    def _hold(self, space: int, locks: Sequence[int]) -> None:
        for lock in locks:
            self.connection.execute(
                "SELECT pg_advisory_xact_lock(%s::integer, %s::integer)", (space, lock)
            )

    def add(self, evidence: Evidence, request_hash: bytes, delete_after: date) -> bool:
        row = str(evidence.id)
        return bool(
            self.connection.execute(
                _INSERT,
                (
                    row,
                    request_hash,
                    evidence.person,
                    evidence.registration,
                    evidence.route.value,
                    evidence.source,
                    list(evidence.causers),
                    self.seals.seal(_content(evidence), _CONTENT, row),
                    evidence.batch,
                    evidence.issued_at,
                    evidence.received_at,
                    evidence.ends_at,
                    delete_after,
                ),
            ).rowcount
        )

    def request_hash(self, evidence: EvidenceId) -> bytes | None:
        row = self.connection.execute(
            "SELECT request_hash FROM tongguan.evidence WHERE id = %s", (evidence,)
        ).fetchone()
        return bytes(row[0]) if row else None

    def add_event(self, event: EvidenceEvent) -> None:
        self.connection.execute(
            _INSERT_EVENT,
            (
                event.evidence,
                event.kind.value,
                event.at,
                list(event.by),
                list(event.units),
                event.case,
                event.decide_by,
            ),
        )

    def get(self, evidence: EvidenceId) -> KeptEvidence | None:
        found = self._kept("WHERE id = %s", (evidence,))
        return found[0] if found else None

    def of_person(self, person: PersonKey) -> tuple[KeptEvidence, ...]:
        return self._kept("WHERE person_index = %s", (person,))

    def of_registration(self, registration: RegistrationId) -> tuple[KeptEvidence, ...]:
        return self._kept("WHERE registration = %s", (registration,))

    def of_route(self, route: Route, *, ends_after: datetime) -> tuple[KeptEvidence, ...]:
        return self._kept(
            "WHERE route = %s AND (ends_at IS NULL OR ends_at > %s)", (route.value, ends_after)
        )

    def said_by(
        self, source: EvidenceSourceId, *, after: tuple[datetime, EvidenceId], limit: int
    ) -> tuple[KeptEvidence, ...]:
        received_at, evidence = after
        return self._kept(_SAID_BY, (source, _SIGNED, received_at, evidence, _OVER, limit))

    def withdrawn_by(self, source: EvidenceSourceId, since: datetime) -> int:
        row = self.connection.execute(
            "SELECT count(*) FROM tongguan.evidence_event AS event"
            " JOIN tongguan.evidence AS said ON said.id = event.evidence"
            " WHERE said.source = %s AND event.kind = %s AND event.by = ARRAY[%s]"
            " AND event.at >= %s",
            (source, EventKind.WITHDRAWN.value, source, since),
        ).fetchone()
        assert row is not None  # noqa: S101 - an aggregate always answers
        return int(row[0])

    def keep_until(self, evidence: EvidenceId, day: date) -> None:
        self.connection.execute(
            "UPDATE tongguan.evidence SET delete_after = %s WHERE id = %s AND delete_after < %s",
            (day, evidence, day),
        )

    def keep_together(self, evidence: Collection[EvidenceId]) -> None:
        ids = list(map(str, evidence))
        self.connection.execute(
            "UPDATE tongguan.evidence SET delete_after = longest.day"
            " FROM (SELECT max(delete_after) AS day FROM tongguan.evidence"
            " WHERE id = ANY (%s::uuid[])) AS longest"
            " WHERE id = ANY (%s::uuid[]) AND delete_after < longest.day",
            (ids, ids),
        )

    def add_act(self, act: AdverseAct) -> int:
        row = self.connection.execute(
            _INSERT_ACT,
            (
                act.evidence,
                act.route.value,
                list(act.causers),
                list(act.targets),
                act.at,
                act.held,
                act.reviewed_at,
                list(act.reviewed_by),
            ),
        ).fetchone()
        assert row is not None  # noqa: S101 - it returns the row that it made
        return int(row[0])

    def unreviewed(self, causer: str) -> int:
        row = self.connection.execute(
            "SELECT count(*) FROM tongguan.adverse_act"
            " WHERE causers @> ARRAY[%s] AND reviewed_at IS NULL AND NOT held",
            (causer,),
        ).fetchone()
        assert row is not None  # noqa: S101 - an aggregate always answers
        return int(row[0])

    def acts_since(self, instant: datetime, *, causer: str | None = None) -> tuple[AdverseAct, ...]:
        if causer is None:
            return self._acts("WHERE at >= %s ORDER BY serial", (instant,))
        return self._acts(
            "WHERE at >= %s AND causers @> ARRAY[%s] ORDER BY serial", (instant, causer)
        )

    def unreviewed_sharing(
        self, subjects: Collection[str], *, since: datetime
    ) -> tuple[AdverseAct, ...]:
        shared = list(subjects)
        return self._acts(
            "WHERE reviewed_at IS NULL AND (causers && %s OR targets && %s) AND at >= %s"
            " ORDER BY serial",
            (shared, shared, since),
        )

    def acts_to_review(self, *, limit: int) -> tuple[AdverseAct, ...]:
        return self._acts(_TO_REVIEW, (limit, limit))

    def unreviewed_among(self, serials: Collection[int]) -> tuple[AdverseAct, ...]:
        return self._acts(
            "WHERE serial = ANY (%s) AND reviewed_at IS NULL ORDER BY serial", (list(serials),)
        )

    def acts_of(self, evidence: EvidenceId) -> tuple[AdverseAct, ...]:
        return self._acts("WHERE evidence = %s ORDER BY serial", (evidence,))

    def review(self, serials: Sequence[int], *, at: datetime, by: Sequence[str]) -> None:
        self.connection.execute(
            "UPDATE tongguan.adverse_act SET reviewed_at = %s, reviewed_by = %s"
            " WHERE serial = ANY (%s) AND reviewed_at IS NULL",
            (at, list(by), list(serials)),
        )

    def _kept(self, where: str, parameters: Sequence[Any]) -> tuple[KeptEvidence, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(
                f"SELECT * FROM tongguan.evidence {where} ORDER BY serial".encode(),  # noqa: S608
                parameters,
            ).fetchall()
            if not rows:
                return ()
            became = cursor.execute(
                "SELECT * FROM tongguan.evidence_event WHERE evidence = ANY (%s) ORDER BY serial",
                ([row["id"] for row in rows],),
            ).fetchall()
        events: dict[Any, list[EvidenceEvent]] = {row["id"]: [] for row in rows}
        for each in became:
            events[each["evidence"]].append(_event(each))
        return tuple(
            KeptEvidence(evidence=self._evidence(row), events=tuple(events[row["id"]]))
            for row in rows
        )

    def _evidence(self, row: dict[str, Any]) -> Evidence:
        key = str(row["id"])
        content = self.seals.open(bytes(row["content_sealed"]), _CONTENT, key)
        ground, registration = content["ground"], row["registration"]
        return Evidence(
            id=EvidenceId(key),
            person=PersonKey(bytes(row["person_index"])),
            registration=None if registration is None else RegistrationId(str(registration)),
            route=Route(row["route"]),
            kind=EvidenceKind(content["kind"]),
            ground=None if ground is None else HealthReason(ground),
            source=row["source"],
            causers=tuple(row["causers"]),
            on=date.fromisoformat(content["on"]),
            facts=content["facts"],
            issued_at=row["issued_at"],
            received_at=row["received_at"],
            ends_at=row["ends_at"],
            batch=row["batch"],
            targets=tuple(content["targets"]),
        )

    def _acts(self, where: str, parameters: Sequence[Any]) -> tuple[AdverseAct, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(
                f"SELECT * FROM tongguan.adverse_act {where}".encode(),  # noqa: S608 - our own
                parameters,
            ).fetchall()
        return tuple(_act(row) for row in rows)


def _lock(digest: bytes) -> int:
    return int.from_bytes(digest[:_LOCK_BYTES], "big", signed=True)


def _content(evidence: Evidence) -> dict[str, Any]:
    return {
        "kind": evidence.kind.value,
        "ground": evidence.ground and evidence.ground.value,
        "on": evidence.on.isoformat(),
        "facts": dict(evidence.facts),
        "targets": list(evidence.targets),
    }


def _event(row: dict[str, Any]) -> EvidenceEvent:
    case = row["correction_case"]
    return EvidenceEvent(
        evidence=EvidenceId(str(row["evidence"])),
        kind=EventKind(row["kind"]),
        at=row["at"],
        by=tuple(row["by"]),
        units=tuple(row["units"]),
        case=None if case is None else CaseId(str(case)),
        decide_by=row["decide_by"],
    )


def _act(row: dict[str, Any]) -> AdverseAct:
    return AdverseAct(
        serial=row["serial"],
        evidence=EvidenceId(str(row["evidence"])),
        route=Route(row["route"]),
        causers=tuple(row["causers"]),
        targets=tuple(row["targets"]),
        at=row["at"],
        held=row["held"],
        reviewed_at=row["reviewed_at"],
        reviewed_by=tuple(row["reviewed_by"]),
    )
