"""Every way that the two insiders try; each goes through all the people that it is given."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.builders.authorities import START
from tests.builders.evidence import a_contact, a_test, enrolled, entry
from tests.builders.henan import A, B, World, claimed, discharges
from tests.builders.officers import (
    WORDS,
    day,
    finding,
    new_proposal,
    released,
    reviewed,
    upheld,
)
from tests.builders.travel import registration_request
from tongguan.app.control.alarms import acts_shown, alarms_shown
from tongguan.app.control.proposals import (
    TwoOfficersRefused,
    confirm,
    propose_claim,
    propose_finding,
    propose_lift,
    propose_release,
)
from tongguan.app.control.store import CaseState, CorrectionCase
from tongguan.app.evidence.batches import receive_batch
from tongguan.app.health.codes import HealthRequest, declare_health
from tongguan.app.health.corrections import case_of, contest
from tongguan.app.registration.registrations import (
    RegistrationRefused,
    claim_number,
    decide_claim,
    open_registration,
    register,
    registration_by_id,
)
from tongguan.app.registration.store import RegistrationRoute
from tongguan.core.evidence.batch_content import Withdrawal, WithdrawalReason
from tongguan.core.evidence.batch_facts import BatchEntry
from tongguan.core.evidence.records import EvidenceKind
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import CaseId, EvidenceId, RegistrationId
from tongguan.core.people import Person

REFERENCE = "RB-2022-06"
"""All findings name one order, as in Zhengzhou."""


def by_hand(made: World, people: Sequence[Person], days: int = 0) -> None:
    """A proposes, B confirms, one after another; and the other way round for every second one."""
    for number, who in enumerate(people):
        first, second = (A, B) if number % 2 else (B, A)
        said = finding(
            who,
            kind=EvidenceKind.QUARANTINE_ORDER,
            ground=HealthReason.UNDER_QUARANTINE,
            on=day(days),
            ends_on=day(days + 13),
            reference=REFERENCE,
        )
        propose_finding(made.hk, said, officer=first)
        confirm(made.hk, said.id, officer=second)


def all_proposed_first(made: World, people: Sequence[Person]) -> int:
    """A heap of proposals, to be confirmed at one sitting; how many lie on it."""
    made_ids = []
    for who in people:
        said = finding(who, reference=REFERENCE)
        for officer in (A, B):
            if not isinstance(propose_finding(made.hk, said, officer=officer), TwoOfficersRefused):
                made_ids.append(said.id)
                break
    for each in made_ids:
        for officer in (A, B):
            confirm(made.hk, each, officer=officer)
    return len(made_ids)


def by_signed_orders(made: World, people: Sequence[Person]) -> None:
    """With the key of the office that unit A runs: all at once, in the longest lists, singly."""
    at = made.now()
    orders = [a_contact(who, reference=REFERENCE) for who in people]
    receive_batch(made.hk, made.office.message(*orders, at=at))
    singly = max(len(orders) - 100, 0)
    for start in range(0, singly, 100):
        receive_batch(made.hk, made.office.message(*orders[start : start + 100], at=at))
    for each in orders[singly:]:
        receive_batch(made.hk, made.office.message(each, at=at))


def in_their_names(made: World, people: Sequence[Person]) -> int:
    """Register them again at the desk and on paper, open what is theirs, declare for them.

    How many they could open: with a reference, which officers may see, and no secret.
    """
    opened = 0
    ways = ((A, RegistrationRoute.ASSISTED), (B, RegistrationRoute.PAPER))
    for number, who in enumerate(people):
        officer, route = ways[number % 2]
        wanted = registration_request(who, id=RegistrationId(str(uuid4())))
        register(made.hk, wanted, route=route, officer=officer, is_proof_seen=True)
        declare(made, wanted.id)
        own = registration_by_id(made.hk, registration_request(who).id)
        assert own is not None
        opened += open_registration(made.hk, own.reference, "AAAA-BBBB-CCCC-DDDD") is not None
    return opened


def by_claims(made: World, people: Sequence[Person]) -> list[RegistrationId]:
    """Friends claim the numbers; A alone, B alone, and both together uphold them.

    What the claims would register, for whoever tries again later.
    """
    taken = [(who, *claimed(made, who)) for who in people]
    for number, (_, claim, wanted) in enumerate(taken):
        alone = (A, B)[number % 2]
        if isinstance(
            decide_claim(made.hk, claim, uphold=True, officer=alone), RegistrationRefused
        ):
            proposal = new_proposal()
            answer = propose_claim(made.hk, proposal, claim, words=WORDS, officer=A)
            if not isinstance(answer, TwoOfficersRefused):
                confirm(made.hk, proposal, officer=B)
        declare(made, wanted)
    return [wanted for _, _, wanted in taken]


def by_claims_under(made: World, people: Sequence[Person], ids: Sequence[EvidenceId]) -> int:
    """Friends claim under the ids of what an honest office said and was held; A upholds alone, and
    both release the order, as is their right. How many numbers they got.
    """
    taken = 0
    for who, evidence in zip(people, ids, strict=True):
        wanted = RegistrationId(str(uuid4()))
        claim_number(made.hk, CaseId(evidence), registration_request(who, id=wanted))
        decided = decide_claim(made.hk, CaseId(evidence), uphold=True, officer=A)
        taken += not isinstance(decided, RegistrationRefused)
        declare(made, wanted)
        released(made.hk, evidence, by=(A, B))
    return taken


def by_waiting_claims(
    made: World, people: Sequence[Person], earlier: Sequence[RegistrationId] = ()
) -> None:
    """The same, and nobody decides: the clock runs out on these claims and on earlier ones."""
    taken = [claimed(made, who)[1] for who in people]
    assert made.hk.health_rules is not None
    clock = made.hk.health_rules.controls.claim_time
    made.pair.set_time(START + clock + timedelta(hours=1))
    for wanted in (*earlier, *taken):
        declare(made, wanted)


def by_taking_back(made: World) -> int:
    """Withdraw what spoke for people, as the office that said it and as officers; how many."""
    ids = discharges(made)
    withdrawn = 0
    for start in range(0, len(ids), 100):
        some = ids[start : start + 100]
        withdrawals = tuple(
            Withdrawal(id=each, reason=WithdrawalReason.CLERICAL_ERROR) for each in some
        )
        receipt = receive_batch(made.hk, made.office.message(withdrawals=withdrawals))
        assert receipt.refused is None
        withdrawn += receipt.withdrawn
    for each in ids:
        assert isinstance(
            propose_lift(made.hk, new_proposal(), each, words=WORDS, officer=A), TwoOfficersRefused
        )
    return withdrawn


def by_discharging(made: World, people: Sequence[Person]) -> None:
    """Say of everybody that they are ill and, by the office of A's unit, that they recovered.

    What they say in people's favour keeps those red whom others lift, or so they hope.
    """
    for who in people:
        said = finding(
            who,
            kind=EvidenceKind.CASE_ORDER,
            ground=HealthReason.CONFIRMED,
            ends_on=day(13),
            reference=REFERENCE,
        )
        propose_finding(made.hk, said, officer=A)
        confirm(made.hk, said.id, officer=B)
    for start in range(0, len(people), 100):
        some = people[start : start + 100]
        facts = {"reference": REFERENCE}
        entries = [entry(who, EvidenceKind.DISCHARGE, facts, on=day(0)) for who in some]
        made.office.says(*entries, at=made.now())


def under_discharges(made: World, people: Sequence[Person]) -> None:
    """Say of those who were discharged in autumn that they were ill before; nothing is seen of it.

    It would count on the day on which the discharges are gone.
    """
    for who in people:
        said = finding(
            who,
            kind=EvidenceKind.CASE_ORDER,
            ground=HealthReason.CONFIRMED,
            on=day(-42),
            ends_on=day(13),
            reference=REFERENCE,
        )
        propose_finding(made.hk, said, officer=A)
        confirm(made.hk, said.id, officer=B)


def judging_themselves(made: World) -> None:
    """Release what was held of theirs, review their own acts, close their own alarms."""
    acts = [each.act for each in acts_shown(made.hk, officer=A, limit=10_000)]
    for number, act in enumerate(acts):
        if act.held and number % 10 == 0:
            answer = propose_release(
                made.hk, new_proposal(), act.evidence, words=WORDS, officer=(A, B)[number % 20 == 0]
            )
            assert isinstance(answer, TwoOfficersRefused)
    alarms = [each.alarm.serial for each in alarms_shown(made.hk, officer=A)]
    for by in ((A, B), (B, A)):
        assert isinstance(reviewed(made.hk, acts=[acts[0].serial], by=by), TwoOfficersRefused)
        assert isinstance(reviewed(made.hk, alarms=alarms[:1], by=by), TwoOfficersRefused)


def upholding(made: World, findings: Sequence[tuple[Person, EvidenceId]], now: datetime) -> None:
    """Those who are red contest it; the two would decide each case against them, late at night."""
    cases = [_contested(made, who, evidence) for who, evidence in findings]
    made.pair.set_time(now + timedelta(hours=9))
    for case in cases:
        for by in ((A, B), (B, A), (A, "chan")):
            assert isinstance(upheld(made.hk, case.id, by=by), TwoOfficersRefused)
            assert isinstance(released(made.hk, case.evidence, by=by), TwoOfficersRefused)


def by_upholding(made: World, people: Sequence[Person], hours: tuple[int, ...] = (9,)) -> list[str]:
    """A laboratory was wrong about them all and they say so; the two decide each case against them.

    After so many hours each time, and the people contest anew; what their attempts came to.
    """
    laboratory = enrolled(made.hk)
    tests = [a_test(who) for who in people]
    laboratory.says(*tests)
    answers: list[str] = []
    for each in hours:
        pairs = zip(people, tests, strict=True)
        cases = [_contested(made, who, test.id) for who, test in pairs if _may_contest(made, test)]
        made.pair.set_time(START + timedelta(hours=each))
        decided = [upheld(made.hk, case.id, by=(A, B)) for case in cases]
        answers += [getattr(each, "code", "upheld") for each in decided]
    made.pair.set_time(START + timedelta(hours=hours[-1] + 9))
    return answers


def declare(made: World, registration: RegistrationId) -> None:
    """Say of oneself, under any registration that is open, that one is ill."""
    declaration = HealthDeclaration(close_contact=True)
    declare_health(
        made.hk,
        HealthRequest(id=str(uuid4()), registration=registration, declaration=declaration),
    )


def _may_contest(made: World, test: BatchEntry) -> bool:
    case = case_of(made.hk, test.id)
    return case is None or case.state is not CaseState.OPEN


def _contested(made: World, who: Person, evidence: EvidenceId) -> CorrectionCase:
    own: Any = registration_request(who).id
    case = contest(made.hk, CaseId(str(uuid4())), own, evidence, "I only want my savings.")
    assert isinstance(case, CorrectionCase)
    return case
