"""The device decides on texts as the server would, and nothing broken ever admits."""

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.gate import hong_kong, paper, papers, used
from tests.builders.gate_bundle import (
    DOCUMENT,
    NOON,
    PASS_ID,
    acts,
    assumed,
    authority,
    bundle,
    make_authority,
    month_key,
    presented,
    suspension,
)
from tests.builders.gate_cases_requirements import exempted
from tests.builders.schemes import GD, HK, HOME, OUT, SZB
from tests.builders.wider_pilot import required
from tongguan.core.decisions import Decision, Outcome
from tongguan.core.gate.bundle import Bundle, knowledge_of
from tongguan.core.gate.knowledge import CODES_MAX, GateKnowledge, Presented
from tongguan.core.gate.nodes import NodeFault
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.requirements import Dose
from tongguan.core.identifiers import AuthorityId, SchemeId
from tongguan.core.people import Document, DocumentType
from tongguan.core.reasons import ReasonCode as R
from tongguan.core.scheme.acts import ActKind
from tongguan.core.scheme.canonical import canonical_text
from tongguan.core.scheme.state import PhaseState
from tongguan.gate.bundle import CarriedBundle
from tongguan.gate.checkpoint import checkpoint_of, decide_texts

MO = AuthorityId("MO")


def knowledge(**changes: Any) -> GateKnowledge:
    known = knowledge_of(bundle(**changes))
    assert isinstance(known, GateKnowledge), known
    return known


KNOWLEDGE = knowledge()


def decision(
    shown: Presented | None = None, known: GateKnowledge = KNOWLEDGE, **changes: Any
) -> Decision:
    values = {"direction": OUT, "control_point": SZB, "now": NOON} | changes
    return decide_texts(known, presented() if shown is None else shown, **values)


def test_gate__admits__whoever_has_everything_in_order() -> None:
    assert decision().codes == (R.ADMITTED,)
    assert decision(presented(HOME), direction=HOME).codes == (R.ADMITTED,)


CASES: list[tuple[str, Presented, dict[str, Any], Outcome, tuple[R, ...]]] = [
    ("no pass", presented(pass_text=None), {}, Outcome.REFER, (R.PASS_MISSING,)),
    ("nonsense", presented(pass_text="TG1:NONSENSE"), {}, Outcome.REFER, (R.PASS_UNREADABLE,)),
    (
        "health code shown as a pass",
        presented(pass_text=authority(HK).code_text()),
        {},
        Outcome.REFER,
        (R.PASS_UNREADABLE,),
    ),
    (
        "pass signed by keys nobody published",
        presented(pass_text=make_authority(HK).pass_text()),
        {},
        Outcome.REFER,
        (R.PASS_UNREADABLE,),
    ),
    (
        "another person's document",
        presented(document=replace(DOCUMENT, number="K76543210")),
        {},
        Outcome.DENY,
        (R.PASS_OTHER_HOLDER, R.HEALTH_CODE_OTHER_HOLDER, R.HEALTH_CODE_OTHER_HOLDER),
    ),
    (
        "the same document, typed with spaces and full-width letters",
        presented(document=replace(DOCUMENT, number="ｋ 0123-4567")),
        {},
        Outcome.ADMIT,
        (R.ADMITTED,),
    ),
    (
        "a document without a number",
        presented(document=replace(DOCUMENT, number=" - ")),
        {},
        Outcome.REFER,
        (R.PASS_UNREADABLE, R.HEALTH_CODE_UNREADABLE, R.HEALTH_CODE_UNREADABLE),
    ),
    (
        "a document without an issuer",
        presented(document=replace(DOCUMENT, issuer="")),
        {},
        Outcome.REFER,
        (R.PASS_UNREADABLE, R.HEALTH_CODE_UNREADABLE, R.HEALTH_CODE_UNREADABLE),
    ),
    (
        "red",
        presented(
            code_texts=(authority(HK).code_text(colour=Colour.RED), authority(GD).code_text())
        ),
        {},
        Outcome.DENY,
        (R.HEALTH_CODE_NOT_GREEN,),
    ),
    (
        "a code of Hong Kong signed by Guangdong is Guangdong's",
        presented(code_texts=(authority(GD).code_text(),)),
        {},
        Outcome.REFER,
        (R.HEALTH_CODE_MISSING,),
    ),
    (
        "a basketful of codes",
        presented(code_texts=(*presented().code_texts, *("TG1:",) * (CODES_MAX - 1))),
        {},
        Outcome.REFER,
        (R.HEALTH_CODE_UNREADABLE,) * 2,
    ),
    (
        "used, as the bundle knows",
        presented(),
        {"uses": ((PASS_ID, used()),)},
        Outcome.DENY,
        (R.PASS_ALREADY_USED,),
    ),
    (
        "revoked",
        presented(),
        {
            "status_lists": (
                authority(HK).status_list("pass", 7),
                authority(HK).status_list("health"),
                authority(GD).status_list("health"),
            )
        },
        Outcome.DENY,
        (R.PASS_REVOKED,),
    ),
    (
        "a list that another than the issuer signed",
        presented(),
        {
            "status_lists": (
                authority(GD).status_list("pass"),
                authority(HK).status_list("health"),
                authority(GD).status_list("health"),
            )
        },
        Outcome.REFER,
        (R.STATUS_LIST_MISSING,),
    ),
    ("never activated", presented(), {"acts": acts()[:2]}, Outcome.DENY, (R.PHASE_NOT_ACTIVE,)),
    (
        "activated with one signature only",
        presented(),
        {"acts": (acts()[0], acts()[2])},
        Outcome.DENY,
        (R.PHASE_NOT_ACTIVE,),
    ),
    (
        "suspended by the other side",
        presented(),
        {"acts": (*acts(), suspension())},
        Outcome.DENY,
        (R.PHASE_SUSPENDED,),
    ),
    (
        "suspended by somebody without a say",
        presented(),
        {"acts": (*acts(), suspension(MO))},
        Outcome.ADMIT,
        (R.ADMITTED,),
    ),
    (
        "no holder key of the month",
        presented(),
        {"holder_keys": (month_key("2021-11"),)},
        Outcome.REFER,
        (R.PASS_UNREADABLE, R.HEALTH_CODE_UNREADABLE, R.HEALTH_CODE_UNREADABLE),
    ),
    (
        "a holder key of another scheme beside the right one",
        presented(),
        {
            "holder_keys": (
                month_key(),
                replace(month_key(), scheme_id=SchemeId("other"), secret=bytes(32)),
            )
        },
        Outcome.ADMIT,
        (R.ADMITTED,),
    ),
    (
        "the other side's keys are missing",
        presented(),
        {"key_sets": ((authority(HK).fingerprint, authority(HK).key_set),)},
        Outcome.DENY,
        (R.PHASE_NOT_ACTIVE, R.HEALTH_CODE_UNREADABLE),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0].replace(" ", "_") for case in CASES])
def test_gate__decides__on_texts_and_bundle(case: Any) -> None:
    _, shown, changes, outcome, codes = case

    found = decision(shown, knowledge(**changes))

    assert (found.outcome, found.codes) == (outcome, codes)


def test_gate__leaves_the_way_home_open__while_suspended() -> None:
    suspended = knowledge(acts=(*acts(), suspension()))

    assert decision(presented(HOME), suspended, direction=HOME).outcome is Outcome.ADMIT
    before = decision(presented(), suspended, now=hong_kong(13, "10:59"))
    assert before.outcome is Outcome.ADMIT


def test_gate__refuses_a_pass__of_an_authority_that_does_not_issue_them() -> None:
    trusting = bundle(
        key_sets=tuple((each.fingerprint, each.key_set) for each in map(authority, (HK, GD, MO))),
        status_lists=(
            *bundle().status_lists,
            authority(GD).status_list("pass"),
            authority(MO).status_list("pass"),
        ),
    )
    known = knowledge_of(trusting)
    assert isinstance(known, GateKnowledge)

    for issuer in (GD, MO):
        found = decision(presented(pass_text=authority(issuer).pass_text()), known)
        assert found.codes == (R.PASS_OTHER_SCHEME,)


def test_gate__never_denies_a_resident__coming_home() -> None:
    card = Document(type=DocumentType.HKID, number="A123456(7)", issuer="HKG")
    red = authority(HK).code_text(colour=Colour.RED)

    found = decision(presented(document=card, pass_text=None, code_texts=(red,)), direction=HOME)

    assert found.outcome is Outcome.REFER
    assert found.codes[0] is R.RIGHT_OF_ENTRY


def test_gate__counts_time__by_the_authoritys_clock() -> None:
    carried = CarriedBundle(bundle=bundle(), clock_offset=timedelta(days=-1800))
    gate = checkpoint_of(carried)
    assert not isinstance(gate, NodeFault)
    shown = presented()

    now = gate.decide(shown, direction=OUT, device_clock=NOON + timedelta(days=1800))
    later = gate.decide(shown, direction=OUT, device_clock=NOON + timedelta(days=1800, hours=2))

    assert (now.codes, later.codes) == ((R.ADMITTED,), (R.SLOT_PASSED,))


def test_gate__refers__when_it_fails_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("CHAN Tai Man")

    monkeypatch.setattr("tongguan.core.gate.knowledge.pass_of", broken)

    found = decision()

    assert (found.outcome, found.codes) == (Outcome.REFER, (R.PASS_UNREADABLE,))
    assert found.reasons[0].facts == {"fault": "gate_failed", "error": "RuntimeError"}


def test_bundle__whose_text_or_keys_are_not_sound__gives_no_gate() -> None:
    other_text = bundle(version=assumed().canonical.replace(b"10:00", b"00:00", 1))
    spaced = bundle(version=assumed().canonical + b" ")
    other_pin = bundle(key_sets=((authority(GD).fingerprint, authority(HK).key_set),))

    for broken, path in ((spaced, "version"), (other_pin, "key_sets/0")):
        fault = knowledge_of(broken)
        assert isinstance(fault, NodeFault)
        assert fault.path == path
    changed = knowledge_of(other_text)
    assert isinstance(changed, NodeFault) or decision(known=changed).outcome is Outcome.DENY


def test_gate__never_admits__after_one_bit_of_the_bundle_has_flipped() -> None:
    chance = random.Random(1)
    whole = bundle()
    for name in ("version", "acts", "key_sets", "status_lists"):
        for _ in range(12):
            broken = replace(whole, **{name: flipped(getattr(whole, name), chance)})
            known = knowledge_of(broken)
            if isinstance(known, GateKnowledge):
                assert decision(known=known).outcome is not Outcome.ADMIT, name


def flipped(part: Any, chance: random.Random) -> Any:
    """The part with one bit of its bytes turned over."""
    if isinstance(part, bytes):
        at, bit = chance.randrange(len(part)), 1 << chance.randrange(8)
        return part[:at] + bytes([part[at] ^ bit]) + part[at + 1 :]
    chosen = chance.randrange(len(part))
    if isinstance(part[chosen], str):
        return (part[0], flipped(part[1], chance))
    return (*part[:chosen], flipped(part[chosen], chance), *part[chosen + 1 :])


QR_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
GOOD_PASS = authority(HK).pass_text()
GOOD_CODES = (authority(HK).code_text(), authority(GD).code_text())
mutated_passes = st.tuples(st.integers(0, len(GOOD_PASS) - 1), st.sampled_from(QR_CHARACTERS)).map(
    lambda change: GOOD_PASS[: change[0]] + change[1] + GOOD_PASS[change[0] + 1 :]
)
texts_shown = st.text(max_size=60) | st.text(QR_CHARACTERS, max_size=60).map("TG1:".__add__)


@given(text=texts_shown | mutated_passes, codes=st.lists(texts_shown, max_size=3))
def test_gate__never_admits__on_a_text_nobody_signed(text: str, codes: list[str]) -> None:
    forged_pass = decision(presented(pass_text=text))
    forged_codes = decision(presented(code_texts=tuple(codes)))

    assert forged_pass.outcome is (Outcome.ADMIT if text == GOOD_PASS else Outcome.REFER)
    assert forged_codes.outcome is Outcome.REFER
    assert R.PASS_UNREADABLE not in forged_codes.codes


def test_bundle_of_a_later_act__is_judged__by_the_time_of_the_crossing() -> None:
    later = bundle(acts=(*acts(), authority(HK).act(ActKind.RESUME, "11:30"), suspension(HK)))
    known = knowledge_of(later)
    assert isinstance(known, GateKnowledge)

    assert decision(known=known, now=hong_kong(13, "11:15")).outcome is Outcome.DENY
    assert decision(known=known, now=hong_kong(13, "11:45")).outcome is Outcome.ADMIT


def test_bundles__are_printed__without_their_secrets() -> None:
    printed = repr(bundle()) + repr(KNOWLEDGE) + repr(Bundle)

    assert month_key().secret.hex() not in printed
    assert repr(month_key().secret) not in printed


def test_knowledge__in_the_next_second__knows_what_changed_since() -> None:
    known = knowledge(acts=(*acts(), suspension()))
    suspended_at = hong_kong(13, "11:00")
    before, after = suspended_at - timedelta(microseconds=1), suspended_at
    for instants in ((before, after), (after, before), (after, after), (before, before)):
        for now in instants:
            situation = known.situation(presented(), direction=OUT, control_point=SZB, now=now)
            wanted = PhaseState.SUSPENDED if now == after else PhaseState.ACTIVE
            assert situation.phase_state is wanted
            assert situation.now == now


def test_gate_cut_off__judges_a_requirement__and_tells_nobody_how_it_was_met() -> None:
    known = knowledge(version=canonical_text(required()))
    dose = Dose(number=2, given_on=date(2021, 6, 1), product="coronavac")
    shown = [
        presented(tests=(paper(),)),
        presented(papers=papers(doses=(dose,))),
        presented(papers=papers(medical_exemptions=(exempted(),))),
        presented(papers=papers(born_on=date(2019, 12, 14))),
    ]

    answers = [decision(each, known) for each in shown]
    assert all(each == answers[0] for each in answers)
    assert "health_requirement_not_shown" in decision(known=known).codes
    assert not {each for each in answers[0].codes if each.startswith("health_requirement")}
