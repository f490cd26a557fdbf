"""Units of officers, proposals of two, cases, alarms and notices; what they say is sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from psycopg import Connection
from psycopg.rows import dict_row

from tongguan.adapters.postgres.sealed import Seals
from tongguan.app.control.store import (
    Alarm,
    CaseState,
    CorrectionCase,
    HealthNotice,
    Proposal,
    ProposalKind,
    ProposalState,
)
from tongguan.core.evidence.limits import AlarmKind
from tongguan.core.identifiers import (
    CaseId,
    EvidenceId,
    PersonKey,
    ProposalId,
    RegistrationId,
    UnitId,
)

_CONTENT = "proposal.content_sealed"
_WORDS = "correction_case.words_sealed"
_NOTICE = "health_notice.notice_sealed"
_PROPOSE = """
    INSERT INTO tongguan.proposal
        (id, kind, person_index, content_sealed, proposed_by, unit, proposed_at, lapses_at, state,
         decided_by, decided_unit, decided_at, delete_after)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (id) DO NOTHING
"""
_WAITING = """
    WHERE id IN (
        SELECT id FROM (
            SELECT id, proposed_at,
                row_number() OVER (PARTITION BY proposed_by ORDER BY proposed_at, id) AS place
            FROM tongguan.proposal WHERE state = 'open' AND lapses_at > %s
        ) AS waiting
        ORDER BY place, proposed_at, id LIMIT %s)
    ORDER BY proposed_at, id
"""
_OPEN_CASE = """
    INSERT INTO tongguan.correction_case
        (id, person_index, registration, evidence, words_sealed, state, opened_at, decide_by,
         decided_at, decided_by, delete_after)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (id) DO NOTHING
"""
_TO_TELL = """
    WHERE state = 'open' AND decide_by > %s AND decide_by <= %s AND NOT EXISTS (
        SELECT FROM tongguan.relief_told WHERE correction_case = correction_case.id)
    ORDER BY decide_by, id LIMIT %s
"""
# Two who reach the same number at the same moment raise one alarm.
_RAISE = """
    INSERT INTO tongguan.health_alarm (kind, subject, acts, raised_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (kind, subject) WHERE reviewed_at IS NULL
        DO UPDATE SET acts = greatest(health_alarm.acts, excluded.acts)
    RETURNING serial
"""


@dataclass(frozen=True, slots=True)
class PostgresControls:
    """``ControlStore`` within one transaction."""

    connection: Connection[Any]
    seals: Seals

    def put_in_unit(self, officer: str, unit: UnitId, at: datetime) -> None:
        self.connection.execute(
            "INSERT INTO tongguan.officer_unit (officer, unit, since) VALUES (%s, %s, %s)",
            (officer, unit, at),
        )

    def unit_of(self, officer: str) -> UnitId | None:
        row = self.connection.execute(
            "SELECT unit FROM tongguan.officer_unit WHERE officer = %s"
            " ORDER BY serial DESC LIMIT 1",
            (officer,),
        ).fetchone()
        return UnitId(row[0]) if row else None

    def units_of(self, officer: str, *, since: datetime) -> frozenset[UnitId]:
        rows = self.connection.execute(
            "SELECT DISTINCT unit FROM tongguan.officer_unit AS put WHERE officer = %s"
            " AND NOT EXISTS (SELECT FROM tongguan.officer_unit AS later"
            " WHERE later.officer = put.officer AND later.serial > put.serial"
            " AND later.since <= %s)",
            (officer, since),
        ).fetchall()
        return frozenset(UnitId(unit) for (unit,) in rows)

    def units(self) -> Mapping[str, UnitId]:
        rows = self.connection.execute(
            "SELECT DISTINCT ON (officer) officer, unit FROM tongguan.officer_unit"
            " ORDER BY officer, serial DESC"
        ).fetchall()
        return {officer: UnitId(unit) for officer, unit in rows}

    def propose(self, proposal: Proposal, delete_after: date) -> bool:
        row = str(proposal.id)
        return bool(
            self.connection.execute(
                _PROPOSE,
                (
                    row,
                    proposal.kind.value,
                    proposal.person,
                    self.seals.seal(dict(proposal.content), _CONTENT, row),
                    proposal.proposed_by,
                    proposal.unit,
                    proposal.proposed_at,
                    proposal.lapses_at,
                    proposal.state.value,
                    proposal.decided_by,
                    proposal.decided_unit,
                    proposal.decided_at,
                    delete_after,
                ),
            ).rowcount
        )

    def proposal(self, proposal: ProposalId, *, lock: bool = False) -> Proposal | None:
        found = self._proposals("WHERE id = %s" + (" FOR UPDATE" if lock else ""), (proposal,))
        return found[0] if found else None

    def open_proposals(self, now: datetime, *, limit: int) -> tuple[Proposal, ...]:
        return self._proposals(_WAITING, (now, limit))

    def open_findings_of(self, unit: UnitId, now: datetime) -> int:
        return self._open("kind = %s AND unit = %s", now, ProposalKind.FINDING.value, unit)

    def open_of_officer(self, officer: str, now: datetime) -> int:
        return self._open("proposed_by = %s", now, officer)

    def _open(self, where: str, now: datetime, *parameters: str) -> int:
        row = self.connection.execute(
            "SELECT count(*) FROM tongguan.proposal"  # noqa: S608 - our own text
            f" WHERE state = 'open' AND lapses_at > %s AND {where}".encode(),
            (now, *parameters),
        ).fetchone()
        assert row is not None  # noqa: S101 - an aggregate always answers
        return int(row[0])

    def lapsed_proposals(self, now: datetime, *, limit: int) -> tuple[Proposal, ...]:
        return self._proposals(
            "WHERE state = 'open' AND lapses_at <= %s ORDER BY lapses_at, id LIMIT %s"
            " FOR UPDATE SKIP LOCKED",
            (now, limit),
        )

    def decide_proposal(self, proposal: Proposal) -> None:
        changed = self.connection.execute(
            "UPDATE tongguan.proposal SET state = %s, decided_by = %s, decided_unit = %s,"
            " decided_at = %s WHERE id = %s AND state = 'open'",
            (
                proposal.state.value,
                proposal.decided_by,
                proposal.decided_unit,
                proposal.decided_at,
                proposal.id,
            ),
        ).rowcount
        if not changed:
            raise LookupError("no such open proposal")

    def open_case(self, case: CorrectionCase, delete_after: date) -> bool:
        row = str(case.id)
        return bool(
            self.connection.execute(
                _OPEN_CASE,
                (
                    row,
                    case.person,
                    case.registration,
                    case.evidence,
                    self.seals.seal(case.words, _WORDS, row),
                    case.state.value,
                    case.opened_at,
                    case.decide_by,
                    case.decided_at,
                    list(case.decided_by),
                    delete_after,
                ),
            ).rowcount
        )

    def case(self, case: CaseId, *, lock: bool = False) -> CorrectionCase | None:
        found = self._cases("WHERE id = %s" + (" FOR UPDATE" if lock else ""), (case,))
        return found[0] if found else None

    def case_of(self, evidence: EvidenceId) -> CorrectionCase | None:
        found = self._cases(
            "WHERE evidence = %s ORDER BY opened_at DESC, (state = 'open') DESC, id LIMIT 1",
            (evidence,),
        )
        return found[0] if found else None

    def open_cases(self, *, limit: int) -> tuple[CorrectionCase, ...]:
        return self._cases("WHERE state = 'open' ORDER BY decide_by, id LIMIT %s", (limit,))

    def cases_to_tell(
        self, since: datetime, until: datetime, *, limit: int
    ) -> tuple[CorrectionCase, ...]:
        return self._cases(_TO_TELL, (since, until, limit))

    def note_told(self, case: CaseId, at: datetime) -> None:
        self.connection.execute(
            "INSERT INTO tongguan.relief_told (correction_case, at) VALUES (%s, %s)"
            " ON CONFLICT (correction_case) DO NOTHING",
            (case, at),
        )

    def decide_case(self, case: CorrectionCase) -> None:
        changed = self.connection.execute(
            "UPDATE tongguan.correction_case SET state = %s, decided_at = %s, decided_by = %s"
            " WHERE id = %s AND state = 'open'",
            (case.state.value, case.decided_at, list(case.decided_by), case.id),
        ).rowcount
        if not changed:
            raise LookupError("no such open case")

    def raise_alarm(self, alarm: Alarm) -> int:
        row = self.connection.execute(
            _RAISE, (alarm.kind.value, alarm.subject, alarm.acts, alarm.raised_at)
        ).fetchone()
        assert row is not None  # noqa: S101 - it returns the row that it made or changed
        return int(row[0])

    def alarms(self, *, open_only: bool = False) -> tuple[Alarm, ...]:
        where = "WHERE reviewed_at IS NULL " if open_only else ""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(
                f"SELECT * FROM tongguan.health_alarm {where}ORDER BY serial".encode()  # noqa: S608
            ).fetchall()
        return tuple(
            Alarm(
                serial=row["serial"],
                kind=AlarmKind(row["kind"]),
                subject=row["subject"],
                acts=row["acts"],
                raised_at=row["raised_at"],
                reviewed_at=row["reviewed_at"],
                reviewed_by=tuple(row["reviewed_by"]),
            )
            for row in rows
        )

    def review_alarms(self, serials: Sequence[int], *, at: datetime, by: Sequence[str]) -> None:
        self.connection.execute(
            "UPDATE tongguan.health_alarm SET reviewed_at = %s, reviewed_by = %s"
            " WHERE serial = ANY (%s) AND reviewed_at IS NULL",
            (at, list(by), list(serials)),
        )

    def tell(self, notice: HealthNotice, delete_after: date) -> None:
        row = str(uuid4())
        plain = {"code": notice.code, "facts": dict(notice.facts)}
        self.connection.execute(
            "INSERT INTO tongguan.health_notice (id, person_index, notice_sealed, at, delete_after)"
            " VALUES (%s, %s, %s, %s, %s)",
            (row, notice.person, self.seals.seal(plain, _NOTICE, row), notice.at, delete_after),
        )

    def told(self, person: PersonKey) -> tuple[HealthNotice, ...]:
        rows = self.connection.execute(
            "SELECT id, notice_sealed, at FROM tongguan.health_notice WHERE person_index = %s"
            " ORDER BY serial DESC",
            (person,),
        ).fetchall()
        opened = [
            (self.seals.open(bytes(sealed), _NOTICE, str(row)), at) for row, sealed, at in rows
        ]
        return tuple(
            HealthNotice(person=person, code=plain["code"], facts=plain["facts"], at=at)
            for plain, at in opened
        )

    def _proposals(self, where: str, parameters: Sequence[Any]) -> tuple[Proposal, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(
                f"SELECT * FROM tongguan.proposal {where}".encode(),  # noqa: S608 - our own text
                parameters,
            ).fetchall()
        return tuple(self._proposal(row) for row in rows)

    def _proposal(self, row: dict[str, Any]) -> Proposal:
        key, person, unit = str(row["id"]), row["person_index"], row["decided_unit"]
        return Proposal(
            id=ProposalId(key),
            kind=ProposalKind(row["kind"]),
            person=None if person is None else PersonKey(bytes(person)),
            content=self.seals.open(bytes(row["content_sealed"]), _CONTENT, key),
            proposed_by=row["proposed_by"],
            unit=UnitId(row["unit"]),
            proposed_at=row["proposed_at"],
            lapses_at=row["lapses_at"],
            state=ProposalState(row["state"]),
            decided_by=row["decided_by"],
            decided_unit=None if unit is None else UnitId(unit),
            decided_at=row["decided_at"],
        )

    def _cases(self, where: str, parameters: Sequence[Any]) -> tuple[CorrectionCase, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(
                f"SELECT * FROM tongguan.correction_case {where}".encode(),  # noqa: S608 - our own
                parameters,
            ).fetchall()
        return tuple(self._case(row) for row in rows)

    def _case(self, row: dict[str, Any]) -> CorrectionCase:
        key = str(row["id"])
        return CorrectionCase(
            id=CaseId(key),
            person=PersonKey(bytes(row["person_index"])),
            registration=RegistrationId(str(row["registration"])),
            evidence=EvidenceId(str(row["evidence"])),
            words=self.seals.open(bytes(row["words_sealed"]), _WORDS, key),
            state=CaseState(row["state"]),
            opened_at=row["opened_at"],
            decide_by=row["decide_by"],
            decided_at=row["decided_at"],
            decided_by=tuple(row["decided_by"]),
        )
