"""How fast certificates are verified, gates decide and rules are judged, beside bare ES256.

Everything runs on one core in one process, and what is compared takes turns of a few milliseconds,
so that what disturbs the machine disturbs all of it. What is counted is processor time: nothing
waits for anything, so that where nothing else runs it is the time on the wall. Credentials are
distinct, and made before the clock starts. Nothing is kept between two of them but keys and what
belongs to a key; each turn of the gate falls into a new second of its clock, so that the standing
of the phase is worked out anew.
"""

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from time import thread_time
from typing import Final

from tongguan.cli.bench.credential_stages import (
    ZONE,
    Steps,
    certificate_steps,
    decision_steps,
)
from tongguan.cli.bench.exactness import Difference
from tongguan.cli.bench.made_certificates import (
    ES256,
    NOW,
    REQUIREMENTS,
    MadeCertificate,
    make_certificates,
    text_of,
)
from tongguan.cli.bench.made_rules import FALSE_WHEN_SPOILED, JudgedPayload, judged_payloads
from tongguan.cli.bench.made_travellers import (
    CONTROL_POINT,
    NOON,
    OUT,
    SIGNATURES,
    make_travellers,
)
from tongguan.core.certificates.eu_dcc import verify_eu_dccs
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.verdict import Verified
from tongguan.core.credentials import container
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.decisions import Outcome
from tongguan.core.gate.knowledge import GateKnowledge, Presented
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.dcc_facts import facts_of_eu_dcc
from tongguan.core.health.requirements import HealthFacts, RequirementMet, judge_requirements
from tongguan.gate.checkpoint import decide_texts

RAW: Final = "raw_es256"
VERIFY: Final = "verify"
GATE: Final = "gate"
CERTLOGIC: Final = "certlogic"
ONE_BY_ONE: Final = "verify_one_by_one"
WAYS: Final = (RAW, VERIFY, ONE_BY_ONE, GATE, CERTLOGIC)
TURN: Final = 50
"""Certificates, persons or payloads in one turn: some milliseconds."""
_ONE_SECOND: Final = timedelta(seconds=1)
_FLIP_STEP: Final = 1_009
"""A prime, so that the bits that are flipped spread over the messages."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CredentialsSize:
    """How much is measured."""

    rounds: int
    credentials: int
    """Certificates, and persons at the gate."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CredentialsMeasured:
    """What the rounds found."""

    size: CredentialsSize
    rounds: tuple[Mapping[str, float], ...]
    """Verifications, certificates, decisions and rules a second, by the way's name."""
    certificate_steps: Steps
    decision_steps: Steps
    differences: tuple[Difference, ...]

    def rate(self, way: str) -> float:
        """The middle one of the rounds' rates."""
        return median(each[way] for each in self.rounds)

    def ratio(self, way: str, signatures: int) -> float:
        """The middle one of the rounds' ratios to as many bare verifications."""
        return median(each[way] * signatures / each[RAW] for each in self.rounds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """Everything that is measured with, made beforehand."""

    trust: TrustStore
    certificates: tuple[MadeCertificate, ...]
    payloads: tuple[JudgedPayload, ...]
    knowledge: GateKnowledge
    travellers: tuple[Presented, ...]


def make(count: int) -> Made:
    """So many certificates, and as many travellers."""
    trust, certificates = make_certificates(count)
    knowledge, travellers = make_travellers(count)
    return Made(
        trust=trust,
        certificates=certificates,
        payloads=judged_payloads([each.document for each in certificates]),
        knowledge=knowledge,
        travellers=travellers,
    )


def measure_credentials(
    size: CredentialsSize, *, done: Callable[[], None] = lambda: None
) -> CredentialsMeasured:
    """Everything judged once for exactness, a round to warm up, and then the rounds."""
    made = make(size.credentials)
    differences = tuple(find_differences(made))
    gc.collect()
    gc.freeze()
    try:
        _round(made, 0)
        rounds = []
        for number in range(size.rounds):
            rounds.append(_round(made, number))
            done()
        of_certificate = certificate_steps(made.trust, made.certificates)
        of_decision = decision_steps(made.knowledge, made.travellers)
    finally:
        gc.unfreeze()
    return CredentialsMeasured(
        size=size,
        rounds=tuple(rounds),
        certificate_steps=of_certificate,
        decision_steps=of_decision,
        differences=differences,
    )


def colours_of(texts: Sequence[str], trust: TrustStore, now: datetime) -> list[Colour | None]:
    """Of each green where every requirement is met, amber where one is not; None for what says
    nothing.
    """
    verdicts = verify_eu_dccs(texts, trust=trust, now=now)
    facts = [
        facts_of_eu_dcc(each.claims) if isinstance(each, Verified) else None for each in verdicts
    ]
    return [None if each is None else _colour(each, now) for each in facts]


def _colour(facts: HealthFacts, now: datetime) -> Colour:
    findings = judge_requirements(REQUIREMENTS, facts, judged=now, now=now, zone=ZONE)
    is_met = all(isinstance(each, RequirementMet) for each in findings)
    return Colour.GREEN if is_met else Colour.AMBER


def _outcome(knowledge: GateKnowledge, presented: Presented, now: datetime) -> Outcome:
    decision = decide_texts(
        knowledge, presented, direction=OUT, control_point=CONTROL_POINT, now=now
    )
    return decision.outcome


def _round(made: Made, number: int) -> Mapping[str, float]:
    """The rates of one round: turns of all, none always first."""
    spent, count = dict.fromkeys(WAYS, 0.0), dict.fromkeys(WAYS, 0)
    for turn, begin in enumerate(range(0, len(made.certificates), TURN)):
        within = slice(begin, begin + TURN)
        now = NOON + turn * _ONE_SECOND
        work: dict[str, Callable[[], int]] = {
            RAW: partial(_raw, made.certificates[within]),
            VERIFY: partial(_verify, made.trust, made.certificates[within]),
            ONE_BY_ONE: partial(_one_by_one, made.trust, made.certificates[within]),
            GATE: partial(_gate, made.knowledge, made.travellers[within], now),
            CERTLOGIC: partial(_certlogic, made.payloads[within]),
        }
        first = (turn + number) % len(WAYS)
        for way in (*WAYS[first:], *WAYS[:first]):
            started = thread_time()
            count[way] += work[way]()
            spent[way] += thread_time() - started
    return {way: count[way] / spent[way] for way in WAYS}


def _raw(certificates: Sequence[MadeCertificate]) -> int:
    for each in certificates:
        each.key.verify(each.der_signature, each.signed, ES256)
    return len(certificates)


def _verify(trust: TrustStore, certificates: Sequence[MadeCertificate]) -> int:
    return len(colours_of([each.text for each in certificates], trust, NOW))


def _one_by_one(trust: TrustStore, certificates: Sequence[MadeCertificate]) -> int:
    for each in certificates:
        colours_of((each.text,), trust, NOW)
    return len(certificates)


def _gate(knowledge: GateKnowledge, travellers: Sequence[Presented], now: datetime) -> int:
    for each in travellers:
        _outcome(knowledge, each, now)
    return len(travellers)


def _certlogic(payloads: Sequence[JudgedPayload]) -> int:
    for each in payloads:
        data = each.data
        for rule in each.rules:
            rule(data)
    return sum(len(each.rules) for each in payloads)


def find_differences(made: Made) -> list[Difference]:
    """What is not as it has to be when everything is judged once, the good and the spoiled."""
    count = len(made.certificates)
    texts = [each.text for each in made.certificates]
    flipped = [text_of(_flipped(each.message, n)) for n, each in enumerate(made.certificates)]
    spoiled_travellers = [_with_flipped_bit(each, n) for n, each in enumerate(made.travellers)]
    rules = sum(len(each.rules) for each in made.payloads)

    def green(judged: Sequence[str]) -> int:
        return colours_of(judged, made.trust, NOW).count(Colour.GREEN)

    def read(judged: Sequence[str]) -> int:
        return len(judged) - colours_of(judged, made.trust, NOW).count(None)

    def admitted(travellers: Sequence[Presented]) -> int:
        outcomes = (_outcome(made.knowledge, each, NOON) for each in travellers)
        return sum(each is Outcome.ADMIT for each in outcomes)

    found = (
        (RAW, "distinct_signatures", count, len({c.der_signature for c in made.certificates})),
        (VERIFY, "green", count, green(texts)),
        (VERIFY, "distinct_texts", count, len(set(texts))),
        (VERIFY, "believed_with_one_bit_flipped", 0, read(flipped)),
        (GATE, "admitted", count, admitted(made.travellers)),
        (GATE, "distinct_passes", count, len({each.pass_text for each in made.travellers})),
        (GATE, "admitted_with_one_bit_flipped", 0, admitted(spoiled_travellers)),
        (CERTLOGIC, "true", rules, _true(made.payloads, lambda each: each.data)),
        (
            CERTLOGIC,
            "true_of_spoiled",
            rules - FALSE_WHEN_SPOILED * len(made.payloads),
            _true(made.payloads, lambda each: each.spoiled),
        ),
    )
    return [
        Difference(measurement=way, what=what, expected=expected, found=number)
        for way, what, expected, number in found
        if expected != number
    ]


def _true(
    payloads: Sequence[JudgedPayload], data_of: Callable[[JudgedPayload], Mapping[str, object]]
) -> int:
    return sum(rule(data_of(each)) is True for each in payloads for rule in each.rules)


def _with_flipped_bit(presented: Presented, number: int) -> Presented:
    """The same with one bit flipped in the pass or in one of the two codes."""
    texts = [presented.pass_text or "", *presented.code_texts]
    which = number % SIGNATURES
    message = container.from_text(texts[which])
    if isinstance(message, Unreadable):
        raise RuntimeError("a code of our own is not read")  # noqa: TRY004 - a bug
    texts[which] = container.to_text(_flipped(message, number))
    return Presented(pass_text=texts[0], code_texts=tuple(texts[1:]), document=presented.document)


def _flipped(message: bytes, number: int) -> bytes:
    """The message with one bit another, for each number a different one."""
    bit = number * _FLIP_STEP % (8 * len(message))
    changed = bytearray(message)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
