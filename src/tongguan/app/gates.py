"""Gates: enrolled, told what they need, deciding as the server does, each crossing kept once."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import uuid4

import rfc8785

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority
from tongguan.app.holder_keys import holder_key_of
from tongguan.app.ports import Transaction
from tongguan.app.publishing import own_status_lists
from tongguan.app.recognition import known_recognitions
from tongguan.app.schemes import (
    Holding,
    NothingHoldsError,
    all_acts,
    breaker_figures,
    canonical_texts_before,
    last_known_holding,
    texts_before,
    trusted_keys,
)
from tongguan.app.stores import AuditEntry, CrossingRecord, Gate, PassUsedMeanwhileError
from tongguan.core.calendar import local_day, whole_second
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.holder import HolderKey, holder_period
from tongguan.core.credentials.keys import KeySet, KeyUse
from tongguan.core.credentials.status_list import (
    StatusList,
    encode_status_list,
    read_status_list,
)
from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.gate.bundle import Bundle
from tongguan.core.gate.decide import decide
from tongguan.core.gate.knowledge import GateKnowledge, Presented
from tongguan.core.gate.situation import EarlierUse, GateSituation
from tongguan.core.gate.use import used_pass
from tongguan.core.health.papers import PresentedPapers, papers_as_data
from tongguan.core.health.tests import PresentedTest
from tongguan.core.identifiers import ControlPointId, DirectionId, GateId
from tongguan.core.passes.claims import PassClaims
from tongguan.core.people import Document
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.state import PhaseState

_USES_KEPT = timedelta(days=7)
"""How far back a bundle lists used passes; older ones have expired."""
_FEW_DAYS = timedelta(days=4)


@dataclass(frozen=True, kw_only=True, slots=True)
class EnrolledGate:
    """A gate with the token it shows; the token is told once and kept as a hash only."""

    gate: Gate
    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class GateRequest:
    """One person before a gate."""

    direction: DirectionId
    pass_text: str | None = field(repr=False)
    code_texts: tuple[str, ...] = field(repr=False)
    document: Document = field(repr=False)
    tests: tuple[PresentedTest, ...] = field(default=(), repr=False)
    """Papers of tests as an officer at the gate read them."""
    papers: PresentedPapers | None = field(default=None, repr=False)
    """Other health papers; judged and not kept."""

    @property
    def presented(self) -> Presented:
        """What the person presents, apart from which way they go."""
        return Presented(
            pass_text=self.pass_text,
            code_texts=self.code_texts,
            document=self.document,
            tests=self.tests,
            papers=self.papers,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class CrossingRequest:
    """A crossing to decide and keep; the id is a UUID chosen by the gate."""

    id: str
    request: GateRequest
    let_through: bool = False
    """Whether an officer let the person through after a referral."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CrossingAnswer:
    """What is kept of a crossing."""

    record: CrossingRecord
    replayed: bool


def enrol_gate(
    authority: Authority, *, name: str, control_point: ControlPointId, token: str
) -> EnrolledGate:
    """Enrol a device at a control point under a fresh random token of the caller's."""
    with authority.database.transaction() as transaction:
        gate = Gate(
            id=GateId(str(uuid4())),
            name=name,
            control_point=control_point,
            token_hash=authority.index.token(token),
            enrolled_at=transaction.now,
            withdrawn_at=None,
        )
        transaction.crossings.enrol(gate)
        transaction.audit.record(
            AuditEntry(
                at=transaction.now,
                actor=f"authority {authority.id}",
                action="gate.enrol",
                subject=gate.id,
                outcome=control_point,
            )
        )
    return EnrolledGate(gate=gate, token=token)


def gate_of_token(authority: Authority, token: str) -> Gate | None:
    """The gate that shows this token, unless it was withdrawn."""
    with authority.database.transaction() as transaction:
        return transaction.crossings.gate_by_token(authority.index.token(token))


def withdraw_gate(authority: Authority, gate: GateId) -> bool:
    """Take an enrolment back; its token opens nothing from now on."""
    with authority.database.transaction() as transaction:
        withdrawn = transaction.crossings.withdraw(gate, transaction.now)
        if withdrawn:
            transaction.audit.record(
                AuditEntry(
                    at=transaction.now,
                    actor=f"authority {authority.id}",
                    action="gate.withdraw",
                    subject=gate,
                    outcome="withdrawn",
                )
            )
        return withdrawn


def enrolled_gates(authority: Authority) -> tuple[Gate, ...]:
    """Every gate ever enrolled, withdrawn ones too."""
    with authority.database.transaction() as transaction:
        return transaction.crossings.gates()


def decide_at_gate(authority: Authority, gate: Gate, request: GateRequest) -> Decision:
    """What the gate should do with this person now; nothing is recorded."""
    with authority.database.transaction() as transaction:
        return _decision(_situation(authority, transaction, gate, request))


def cross(authority: Authority, gate: Gate, crossing: CrossingRequest) -> CrossingAnswer:
    """Decide and keep a crossing, once for an id; a pass is used by one crossing only.

    Raises ``RequestIdReusedError`` when the id belongs to another request.
    """
    request_hash = authority.index.request(_as_sent(gate, crossing))
    try:
        return _cross(authority, gate, crossing, request_hash)
    except PassUsedMeanwhileError:
        # Another gate was faster; asked again, the decision rests on that use.
        return _cross(authority, gate, crossing, request_hash)


def _cross(
    authority: Authority, gate: Gate, crossing: CrossingRequest, request_hash: bytes
) -> CrossingAnswer:
    with authority.database.transaction() as transaction:
        kept = transaction.crossings.kept(crossing.id, request_hash)
        if kept is not None:
            return CrossingAnswer(record=kept, replayed=True)
        situation = _situation(authority, transaction, gate, crossing.request)
        decision = _decision(situation)
        record = CrossingRecord(
            id=crossing.id,
            gate=gate.id,
            pass_id=None if situation is None else used_pass(situation, decision),
            direction=crossing.request.direction,
            control_point=gate.control_point,
            at=transaction.now,
            decision=decision,
            crossed=decision.outcome is Outcome.ADMIT
            or (decision.outcome is Outcome.REFER and crossing.let_through),
        )
        delete_after = _delete_after(transaction)
        stored = transaction.crossings.record(record, request_hash, delete_after)
        if stored is None:
            raise RequestIdReusedError
        if stored is record:
            _record_reading(transaction, crossing)
        return CrossingAnswer(record=stored, replayed=stored is not record)


def _decision(situation: GateSituation | None) -> Decision:
    """The gate's decision; where no version was ever adopted, an officer sees to everyone."""
    if situation is not None:
        return decide(situation)
    reason = Reason(code=ReasonCode.PHASE_NOT_ACTIVE, clause="phases")
    return Decision(outcome=Outcome.REFER, reasons=(reason,))


def _record_reading(transaction: Transaction, crossing: CrossingRequest) -> None:
    """Who read the papers that a decision rests on, for nobody signed them.

    Of which kind they were is not said: it would tell who is exempt.
    """
    request = crossing.request
    papers = () if request.papers is None else (request.papers,)
    for officer in dict.fromkeys(each.read_by for each in (*request.tests, *papers)):
        transaction.audit.record(
            AuditEntry(
                at=transaction.now,
                actor=officer,
                action="papers.read",
                subject=crossing.id,
                outcome="read",
            )
        )


def _delete_after(transaction: Transaction) -> date:
    """The last day a crossing of now is kept: this day, where no version says anything."""
    known = last_known_holding(transaction)
    if known is None:
        return transaction.now.date()
    return known.delete_after(local_day(transaction.now, known.version.zone))


def gate_bundle(authority: Authority, gate: Gate) -> Bundle:
    """Everything the gate needs to decide while it is cut off, whether or not anything holds.

    Raises ``NothingHoldsError`` where no version was ever adopted, for then there is nothing to
    decide by.
    """
    with authority.database.transaction() as transaction:
        holding = last_known_holding(transaction)
        if holding is None:
            raise NothingHoldsError
        now = transaction.now
        own = (authority.keys.signed_key_set(whole_second(now)),)
        peers = transaction.peers.peers()
        stored = transaction.schemes.by_digest(holding.digest)
        if stored is None:
            raise LookupError(holding.digest)
        key = authority.keys.signing_key(KeyUse.STATUS_LIST, whole_second(now))
        own_lists = (
            encode_status_list(each, key) for each in own_status_lists(authority, transaction)
        )
        scheme_key = authority.keys.signing_key(KeyUse.SCHEME, whole_second(now))
        return Bundle(
            control_point=gate.control_point,
            phase=holding.phase.id,
            made_at=whole_second(now),
            version=stored.canonical,
            texts_before=canonical_texts_before(transaction, holding.digest),
            acts=tuple(each.signed for each in transaction.schemes.acts()),
            figures=transaction.figures.all(),
            key_sets=(
                (scheme_key.public.fingerprint, own[0]),
                *((each.fingerprint, each.key_set) for each in peers),
            ),
            status_lists=(
                *own_lists,
                *(signed for _, _, signed in transaction.peers.status_lists()),
            ),
            trust_lists=tuple(each.signed for each in transaction.recognitions.lists()),
            recognitions=tuple(each.signed for each in transaction.recognitions.all()),
            holder_keys=_holder_keys(authority, transaction, holding, now),
            uses=tuple(
                (each.pass_id, EarlierUse(used_at=each.at, control_point=each.control_point))
                for each in transaction.crossings.used_since(now - _USES_KEPT)
                if each.pass_id is not None
            ),
        )


def _situation(
    authority: Authority, transaction: Transaction, gate: Gate, request: GateRequest
) -> GateSituation | None:
    """The situation as the database knows it: the same values a device takes from its bundle.

    ``None`` where no version was ever adopted.
    """
    now = transaction.now
    holding = last_known_holding(transaction)
    if holding is None:
        return None
    knowledge = GateKnowledge(
        version=holding.version,
        version_digest=holding.digest,
        phase_id=holding.phase.id,
        acts=tuple(each.act for each in all_acts(transaction)),
        figures=breaker_figures(transaction, holding.phase),
        authority=authority.id,
        keys=trusted_keys(authority, transaction),
        recognitions=known_recognitions(transaction),
        holder_keys=_holder_keys(authority, transaction, holding, now),
        status_lists=known_status_lists(authority, transaction),
        texts_before=texts_before(transaction, holding.digest),
    )
    situation = knowledge.situation(
        request.presented,
        direction=request.direction,
        control_point=gate.control_point,
        now=now,
    )
    if holding.state is PhaseState.NOT_ACTIVE:
        situation = replace(situation, phase_state=holding.state)
    if not isinstance(situation.pass_, PassClaims):
        return situation
    used = transaction.crossings.used(situation.pass_.pass_id)
    if used is None:
        return situation
    use = EarlierUse(used_at=used.at, control_point=used.control_point)
    return replace(situation, earlier_use=use)


def known_status_lists(authority: Authority, transaction: Transaction) -> tuple[StatusList, ...]:
    """This authority's lists as of now, and the other side's as last fetched and verified."""
    own = own_status_lists(authority, transaction)
    keys = trusted_keys(authority, transaction)
    fetched = (_read_list(signed, keys) for _, _, signed in transaction.peers.status_lists())
    return (*own, *(each for each in fetched if isinstance(each, StatusList)))


@lru_cache(maxsize=16)
def _read_list(signed: bytes, keys: KeySet) -> StatusList | Unreadable:
    return read_status_list(signed, keys)


def _holder_keys(
    authority: Authority, transaction: Transaction, holding: Holding, now: datetime
) -> tuple[HolderKey, ...]:
    """The keys of this month and its neighbours, as far as both sides have them."""
    today = local_day(now, holding.version.zone)
    days = (today.replace(day=1) - timedelta(days=1), today, today.replace(day=28) + _FEW_DAYS)
    keys = []
    for period in dict.fromkeys(holder_period(day) for day in days):
        # A month that one side has no key for (``KeyUnavailableError``, ``PeerNotTrustedError``)
        # is a month whose codes are referred.
        with suppress(LookupError):
            keys.append(holder_key_of(authority, transaction, holding.version, period))
    return tuple(keys)


def _as_sent(gate: Gate, crossing: CrossingRequest) -> bytes:
    """The canonical bytes of a crossing request, of which only a keyed hash is kept."""
    request = crossing.request
    sent: dict[str, Any] = {
        "gate": gate.id,
        "direction": request.direction,
        "pass": request.pass_text,
        "codes": list(request.code_texts),
        "document": [
            request.document.type.value,
            request.document.number,
            request.document.issuer,
        ],
        "let_through": crossing.let_through,
    }
    if request.tests:
        sent["tests"] = [
            [
                each.sampled_at.isoformat(),
                None if each.reported_at is None else each.reported_at.isoformat(),
                each.specimen,
                each.read_by,
            ]
            for each in request.tests
        ]
    if request.papers is not None:
        sent["papers"] = papers_as_data(request.papers)
    return rfc8785.dumps(sent)
