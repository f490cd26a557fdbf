"""Registrations for health codes and claims of a number; who and where is sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from tongguan.adapters.postgres.people import person_as_data, person_from_data
from tongguan.adapters.postgres.sealed import Seals
from tongguan.app.registration.store import (
    ClaimState,
    NumberClaim,
    Registration,
    RegistrationRoute,
    RegistrationState,
)
from tongguan.core.evidence.limits import causers_of_two
from tongguan.core.identifiers import CaseId, PersonKey, RegistrationId, UnitId
from tongguan.core.people import Assurance

_HOLDER = "registration.holder_sealed"
_CLAIMED = "number_claim.holder_sealed"
_INSERT = """
    INSERT INTO tongguan.registration
        (id, reference, request_hash, person_index, holder_sealed, route, state, registered_at,
         registered_by, verified_at, verified_by, replaced_by, delete_after)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (id) DO NOTHING
"""
_INSERT_CLAIM = """
    INSERT INTO tongguan.number_claim
        (id, request_hash, person_index, registration, holder_sealed, state, opened_at, decide_by,
         decided_at, decided_by, units, delete_after)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (id) DO NOTHING
"""
_DISPUTED = """
    SELECT count(DISTINCT number_claim.person_index)
    FROM tongguan.number_claim JOIN tongguan.registration USING (person_index)
    WHERE number_claim.opened_at >= %s
        AND (registration.registered_by = %s OR registration.verified_by = %s)
"""
_TYPED = """
    SELECT registration.id
    FROM tongguan.registration JOIN tongguan.evidence ON evidence.registration = registration.id
    WHERE registered_by = %s AND evidence.route = 'declaration' AND evidence.received_at >= %s
    GROUP BY registration.id ORDER BY max(evidence.serial) DESC LIMIT %s
"""
_DUE = """
    SELECT id FROM tongguan.number_claim
    WHERE state = 'open' AND decide_by <= %s AND NOT EXISTS (
        SELECT FROM tongguan.registration
        WHERE registration.person_index = number_claim.person_index
            AND registration.state = 'open' AND registration.verified_at IS NOT NULL)
    ORDER BY decide_by, id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class PostgresRegistrations:
    """``RegistrationStore`` within one transaction."""

    connection: Connection[Any]
    seals: Seals

    def add(self, registration: Registration, request_hash: bytes, delete_after: date) -> bool:
        row = str(registration.id)
        return bool(
            self.connection.execute(
                _INSERT,
                (
                    row,
                    registration.reference,
                    request_hash,
                    registration.person,
                    self.seals.seal(_holder_as_data(registration), _HOLDER, row),
                    registration.route.value,
                    registration.state.value,
                    registration.registered_at,
                    registration.registered_by,
                    registration.verified_at,
                    registration.verified_by,
                    registration.replaced_by,
                    delete_after,
                ),
            ).rowcount
        )

    def request_hash(self, registration: RegistrationId) -> bytes | None:
        row = self.connection.execute(
            "SELECT request_hash FROM tongguan.registration WHERE id = %s", (registration,)
        ).fetchone()
        return bytes(row[0]) if row else None

    def get(self, registration: RegistrationId, *, lock: bool = False) -> Registration | None:
        return self._one("WHERE id = %s" + (" FOR UPDATE" if lock else ""), (registration,))

    def by_reference(self, reference: str) -> Registration | None:
        return self._one("WHERE reference = %s", (reference,))

    def open_of(self, person: PersonKey, *, lock: bool = False) -> Registration | None:
        return self._one(
            "WHERE person_index = %s AND state = 'open'" + (" FOR UPDATE" if lock else ""),
            (person,),
        )

    def verify(
        self, registration: RegistrationId, assurance: Assurance, *, at: datetime, by: str
    ) -> None:
        kept = self.get(registration, lock=True)
        if kept is None:
            raise LookupError("no such registration")
        raised = replace(kept, holder=replace(kept.holder, assurance=assurance))
        row = str(registration)
        self.connection.execute(
            "UPDATE tongguan.registration"
            " SET holder_sealed = %s, verified_at = %s, verified_by = %s WHERE id = %s",
            (self.seals.seal(_holder_as_data(raised), _HOLDER, row), at, by, row),
        )

    def renew_slip(self, registration: RegistrationId, renewal: str, *, at: datetime) -> None:
        changed = self.connection.execute(
            "UPDATE tongguan.registration SET slip_turn = slip_turn + 1, slip_renewal = %s,"
            " slip_renewed_at = %s WHERE id = %s AND state = 'open'",
            (renewal, at, registration),
        ).rowcount
        if not changed:
            raise LookupError("no such open registration")

    def replace(self, registration: RegistrationId, by: RegistrationId, at: datetime) -> None:
        changed = self.connection.execute(
            "UPDATE tongguan.registration SET state = 'replaced', replaced_by = %s,"
            " replaced_at = %s WHERE id = %s AND state = 'open'",
            (by, at, registration),
        ).rowcount
        if not changed:
            raise LookupError("no such open registration")

    def keep_until(self, registration: RegistrationId, day: date) -> None:
        self.connection.execute(
            "UPDATE tongguan.registration SET delete_after = %s"
            " WHERE id = %s AND delete_after < %s",
            (day, registration, day),
        )

    def add_claim(self, claim: NumberClaim, request_hash: bytes, delete_after: date) -> bool:
        row = str(claim.id)
        return bool(
            self.connection.execute(
                _INSERT_CLAIM,
                (
                    row,
                    request_hash,
                    claim.person,
                    claim.registration,
                    self.seals.seal(_holder_as_data(claim), _CLAIMED, row),
                    claim.state.value,
                    claim.opened_at,
                    claim.decide_by,
                    claim.decided_at,
                    list(claim.decided_by),
                    list(claim.units),
                    delete_after,
                ),
            ).rowcount
        )

    def claim(self, claim: CaseId, *, lock: bool = False) -> NumberClaim | None:
        found = self._claims("WHERE id = %s" + (" FOR UPDATE" if lock else ""), (claim,))
        return found[0] if found else None

    def claim_request_hash(self, claim: CaseId) -> bytes | None:
        row = self.connection.execute(
            "SELECT request_hash FROM tongguan.number_claim WHERE id = %s", (claim,)
        ).fetchone()
        return bytes(row[0]) if row else None

    def open_claims(self, *, limit: int) -> tuple[NumberClaim, ...]:
        return self._claims("WHERE state = 'open' ORDER BY decide_by, id LIMIT %s", (limit,))

    def open_claims_of(self, person: PersonKey) -> tuple[NumberClaim, ...]:
        return self._claims(
            "WHERE person_index = %s AND state = 'open' ORDER BY decide_by, id", (person,)
        )

    def due_claims(self, now: datetime, *, limit: int) -> tuple[CaseId, ...]:
        rows = self.connection.execute(_DUE, (now, limit)).fetchall()
        return tuple(CaseId(str(row[0])) for row in rows)

    def disputed_since(self, officer: str, instant: datetime) -> int:
        row = self.connection.execute(_DISPUTED, (instant, officer, officer)).fetchone()
        return int(row[0]) if row else 0

    def typed_and_declared(
        self, officer: str, instant: datetime, *, limit: int
    ) -> tuple[RegistrationId, ...]:
        rows = self.connection.execute(_TYPED, (officer, instant, limit)).fetchall()
        return tuple(RegistrationId(str(row[0])) for row in rows)

    def delay_claim(self, claim: CaseId, decide_by: datetime) -> None:
        self.connection.execute(
            "UPDATE tongguan.number_claim SET decide_by = %s WHERE id = %s AND state = 'open'",
            (decide_by, claim),
        )

    def units_that_refused(self, person: PersonKey) -> frozenset[UnitId]:
        rows = self.connection.execute(
            "SELECT DISTINCT unnest(units) FROM tongguan.number_claim"
            " WHERE person_index = %s AND state = 'refused' AND decided_by <> '{}'",
            (person,),
        ).fetchall()
        return frozenset(UnitId(unit) for (unit,) in rows)

    def refusals_since(self, instant: datetime) -> tuple[tuple[str, ...], ...]:
        rows = self.connection.execute(
            "SELECT officers, units FROM tongguan.claim_refusal WHERE refused_at >= %s"
            " ORDER BY refused_at, claim",
            (instant,),
        ).fetchall()
        return tuple(causers_of_two(officers, units) for officers, units in rows)

    def decide_claim(self, claim: NumberClaim) -> None:
        changed = self.connection.execute(
            "UPDATE tongguan.number_claim SET state = %s, decided_at = %s, decided_by = %s,"
            " units = %s WHERE id = %s AND state = 'open'",
            (
                claim.state.value,
                claim.decided_at,
                list(claim.decided_by),
                list(claim.units),
                claim.id,
            ),
        ).rowcount
        if not changed:
            raise LookupError("no such open claim")

    def _one(self, where: str, parameters: Sequence[Any]) -> Registration | None:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(
                f"SELECT * FROM tongguan.registration {where}".encode(),  # noqa: S608 - our own
                parameters,
            ).fetchone()
        return None if row is None else self._registration(row)

    def _registration(self, row: dict[str, Any]) -> Registration:
        key = str(row["id"])
        held = self.seals.open(bytes(row["holder_sealed"]), _HOLDER, key)
        replaced_by, renewal = row["replaced_by"], row["slip_renewal"]
        return Registration(
            id=RegistrationId(key),
            reference=row["reference"],
            person=PersonKey(bytes(row["person_index"])),
            **_holder_from_data(held),
            route=RegistrationRoute(row["route"]),
            state=RegistrationState(row["state"]),
            registered_at=row["registered_at"],
            registered_by=row["registered_by"],
            verified_at=row["verified_at"],
            verified_by=row["verified_by"],
            replaced_by=None if replaced_by is None else RegistrationId(str(replaced_by)),
            slip_turn=row["slip_turn"],
            slip_renewal=None if renewal is None else str(renewal),
            slip_renewed_at=row["slip_renewed_at"],
        )

    def _claims(self, where: str, parameters: Sequence[Any]) -> tuple[NumberClaim, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(
                f"SELECT * FROM tongguan.number_claim {where}".encode(),  # noqa: S608 - our own
                parameters,
            ).fetchall()
        return tuple(self._claim(row) for row in rows)

    def _claim(self, row: dict[str, Any]) -> NumberClaim:
        key = str(row["id"])
        held = self.seals.open(bytes(row["holder_sealed"]), _CLAIMED, key)
        return NumberClaim(
            id=CaseId(key),
            person=PersonKey(bytes(row["person_index"])),
            registration=RegistrationId(str(row["registration"])),
            **_holder_from_data(held),
            state=ClaimState(row["state"]),
            opened_at=row["opened_at"],
            decide_by=row["decide_by"],
            decided_at=row["decided_at"],
            decided_by=tuple(row["decided_by"]),
            units=tuple(UnitId(each) for each in row["units"]),
        )


def _holder_as_data(held: Registration | NumberClaim) -> dict[str, Any]:
    return {
        "person": person_as_data(held.holder),
        "issued_on": held.document_issued_on and held.document_issued_on.isoformat(),
        "phone": held.phone,
        "address": held.address,
    }


def _holder_from_data(data: Mapping[str, Any]) -> dict[str, Any]:
    issued_on = data["issued_on"]
    return {
        "holder": person_from_data(data["person"]),
        "document_issued_on": None if issued_on is None else date.fromisoformat(issued_on),
        "phone": data["phone"],
        "address": data["address"],
    }
