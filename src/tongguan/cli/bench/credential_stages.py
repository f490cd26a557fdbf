"""What each step of judging a credential costs when it is run by itself, again and again.

The least that it can cost here: in the order in which a person's credentials are judged, each step
finds the processor's caches full of the one before.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import thread_time
from typing import Any, Final

from tongguan.cli.bench.made_certificates import NOW, REQUIREMENTS, MadeCertificate
from tongguan.cli.bench.made_travellers import CONTROL_POINT, NOON, OUT
from tongguan.core.certificates.cose_envelope import find_signer, read_envelope
from tongguan.core.certificates.eu_dcc import decode_base45, inflate, judge_claims, remove_prefix
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.credentials import container, cose, strict_cbor
from tongguan.core.credentials.cwt import Claims
from tongguan.core.credentials.faults import ReadFault
from tongguan.core.gate.decide import decide
from tongguan.core.gate.knowledge import GateKnowledge, Presented
from tongguan.core.health.code import health_code_of
from tongguan.core.health.dcc_facts import facts_of_eu_dcc
from tongguan.core.health.requirements import judge_requirements
from tongguan.core.passes.code import pass_of

ZONE: Final = "Asia/Hong_Kong"
_PASSES: Final = 9
_TURN: Final = 50
_MICROSECONDS: Final = 1_000_000
Steps = Mapping[str, float]
"""Microseconds for one certificate or one person, by the name of the step."""


class _Clock:
    """Counts what each step costs for one of those that it was taken for."""

    def __init__(self) -> None:
        self._spent: defaultdict[str, list[float]] = defaultdict(list)

    def step(self, name: str, work: Callable[[Any], Any], each_of: Sequence[Any], of: int) -> Any:
        """What the work makes of each; the cost is shared by ``of``."""
        started = thread_time()
        made = [work(each) for each in each_of]
        self._spent[name].append((thread_time() - started) / of * _MICROSECONDS)
        return made

    def steps(self) -> Steps:
        """The middle one of what was counted."""
        return {name: median(each) for name, each in self._spent.items()}


def certificate_steps(trust: TrustStore, certificates: Sequence[MadeCertificate]) -> Steps:
    """Of an EU certificate, from its text to the finding."""
    clock = _Clock()
    for _ in range(_PASSES):
        for begin in range(0, len(certificates), _TURN):
            _certificate_turn(clock, trust, certificates[begin : begin + _TURN])
    return clock.steps()


def _certificate_turn(
    clock: _Clock, trust: TrustStore, certificates: Sequence[MadeCertificate]
) -> None:
    count = len(certificates)
    texts = [remove_prefix(each.text) for each in certificates]
    streams = clock.step("base45", decode_base45, texts, count)
    messages = clock.step("inflation", inflate, streams, count)
    envelopes = clock.step("envelope", read_envelope, messages, count)
    signers = clock.step("signature", lambda each: find_signer(each, trust), envelopes, count)
    signed = [(each.payload, signer) for each, signer in zip(envelopes, signers, strict=True)]
    claims = clock.step("claims", lambda each: judge_claims(each[0], each[1], NOW), signed, count)
    facts = clock.step("facts", lambda each: facts_of_eu_dcc(each.document), claims, count)
    clock.step(
        "requirements",
        lambda each: judge_requirements(REQUIREMENTS, each, judged=NOW, now=NOW, zone=ZONE),
        facts,
        count,
    )


def decision_steps(knowledge: GateKnowledge, travellers: Sequence[Presented]) -> Steps:
    """Of a decision on one person: three codes read, and everything decided."""
    clock = _Clock()
    situations = [
        knowledge.situation(each, direction=OUT, control_point=CONTROL_POINT, now=NOON)
        for each in travellers
    ]
    for _ in range(_PASSES):
        for begin in range(0, len(travellers), _TURN):
            within = slice(begin, begin + _TURN)
            _decision_turn(clock, knowledge, travellers[within])
            some = situations[within]
            clock.step("decision", decide, some, len(some))
    return clock.steps()


def _decision_turn(
    clock: _Clock, knowledge: GateKnowledge, travellers: Sequence[Presented]
) -> None:
    count, bytes_max = len(travellers), container.MESSAGE_BYTES_MAX
    texts = [text for each in travellers for text in (each.pass_text, *each.code_texts)]
    messages = clock.step("texts", container.from_text, texts, count)
    parts = clock.step(
        "envelopes", lambda each: cose.parse(each, bytes_max=bytes_max), messages, count
    )

    def verified(each: cose.SignedMessage) -> bool:
        key = knowledge.keys.find(each.key_id)
        return key is not None and key.verifies(each.signature, each.to_be_signed)

    clock.step("signatures", verified, parts, count)
    fault = ReadFault.UNREADABLE_CLAIMS
    values = clock.step(
        "cbor",
        lambda each: strict_cbor.decode(each.payload, bytes_max=bytes_max, fault=fault),
        parts,
        count,
    )
    claims = [Claims(by_number=each) for each in values]
    clock.step("pass", pass_of, claims[0::3], count)
    clock.step("codes", health_code_of, [*claims[1::3], *claims[2::3]], count)
