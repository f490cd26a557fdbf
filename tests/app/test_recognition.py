"""Lists issued where keys change, references signed by both, and a withdrawal at every gate."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders.authorities import START, Pair, opened_pair, person
from tests.builders.gate_bundle import make_authority
from tests.builders.travel import DAY, at, booked, gate, pass_of, presented
from tongguan.adapters.keys import KeyStore
from tongguan.app.authorities import Authority
from tongguan.app.gates import GateRequest, decide_at_gate, gate_bundle
from tongguan.app.publishing import published_recognitions, published_trust_lists
from tongguan.app.recognition import (
    RecognitionRecord,
    RecognitionRefusedError,
    countersign,
    issue_trust_list,
    receive_recognition,
    receive_trust_list,
    recognise,
    trust_overview,
    withdraw,
)
from tongguan.app.stores import Gate
from tongguan.cli.pair import recognise_each_other
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.decisions import Decision, Outcome
from tongguan.core.gate.bundle import bundle_text, knowledge_of, read_bundle
from tongguan.core.gate.decide import decide
from tongguan.core.gate.knowledge import GateKnowledge
from tongguan.core.identifiers import AuthorityId
from tongguan.core.reasons import ReasonCode
from tongguan.core.recognition.references import (
    RecognisedUse,
    StatementKind,
    reference_digest,
    sign_recognition,
    statement_about,
)
from tongguan.core.recognition.state import RecognitionState
from tongguan.core.recognition.trust_lists import sign_trust_list, trust_list_digest
from tongguan.core.scheme.model import Leg

ENDS = START + timedelta(days=30)
GD, HK = AuthorityId("GD"), AuthorityId("HK")


@pytest.fixture
def strangers(new_database_url: Callable[[], str], tmp_path: Path) -> Iterator[Pair]:
    """Both authorities with keys pinned, and nothing recognised."""
    with opened_pair(new_database_url, tmp_path, is_recognised=False) as pair:
        for authority in (pair.hk, pair.gd):
            issue_trust_list(authority)
        pair.sync()
        yield pair


def store_of(authority: Authority) -> KeyStore:
    assert isinstance(authority.keys, KeyStore)
    return authority.keys


def record_of(authority: Authority, by: AuthorityId = HK) -> RecognitionRecord:
    """The one reference by which an authority recognises the other."""
    (found,) = [each for each in trust_overview(authority).recognitions if each.reference.by == by]
    return found


def both_ways_at_gate(pair: Pair, device: Gate, shown: GateRequest) -> Decision:
    """What Hong Kong's server decides, and the gate alone from its bundle as well."""
    online = decide_at_gate(pair.hk, device, shown)
    read = read_bundle(bundle_text(gate_bundle(pair.hk, device)))
    known = knowledge_of(read)  # type: ignore[arg-type]
    assert isinstance(known, GateKnowledge)
    with pair.hk.database.transaction() as transaction:
        now = transaction.now
    situation = known.situation(
        shown.presented, direction=shown.direction, control_point=device.control_point, now=now
    )
    assert decide(situation).codes == online.codes
    return online


def test_list__is_issued_once__and_anew_where_keys_change(strangers: Pair) -> None:
    first = issue_trust_list(strangers.gd)
    strangers.set_time(START + timedelta(days=1))
    assert issue_trust_list(strangers.gd) == first
    key = store_of(strangers.gd).prepare(
        KeyUse.HEALTH_CODE, at=START, not_before=START, not_after=ENDS
    )
    second = issue_trust_list(strangers.gd)
    assert (first.statement.version, second.statement.version) == (1, 2)
    assert key.fingerprint in second.statement.health_code
    store_of(strangers.gd).revoke(key.key_id, at=START)
    third = issue_trust_list(strangers.gd)
    assert third.statement.version == 3
    assert third.statement.health_code == first.statement.health_code
    assert third.statement.rules == ("gd-2021-12-assumed",)
    strangers.sync()
    assert [
        each.statement.version
        for each in trust_overview(strangers.hk).lists
        if each.statement.authority == GD
    ] == [1, 2, 3]


def test_recognition__takes_two__and_either_withdraws_it(strangers: Pair) -> None:
    signed = recognise(strangers.hk, GD, ends=ENDS)
    assert record_of(strangers.hk).state is RecognitionState.ONE_SIGNATURE
    assert recognise(strangers.hk, GD, begins=signed.statement.begins, ends=ENDS) == signed
    strangers.sync()
    digest = reference_digest(signed.statement.reference)
    countersigned = countersign(strangers.gd, digest[:16])
    assert countersign(strangers.gd, digest) == countersigned
    strangers.sync()
    strangers.set_time(START + timedelta(minutes=1))
    for each in (strangers.hk, strangers.gd):
        assert record_of(each).state is RecognitionState.IN_FORCE
        assert record_of(each).signed_by == (HK, GD)
    withdrawn = withdraw(strangers.gd, digest)
    assert withdraw(strangers.gd, digest) == withdrawn
    assert record_of(strangers.hk).state is RecognitionState.IN_FORCE
    strangers.sync()
    for each in (strangers.hk, strangers.gd):
        assert record_of(each).state is RecognitionState.WITHDRAWN
        assert record_of(each).withdrawn_by == (GD,)
    for refused in (
        lambda: recognise(strangers.hk, GD, begins=signed.statement.begins, ends=ENDS),
        lambda: countersign(strangers.gd, digest),
    ):
        with pytest.raises(RecognitionRefusedError, match="withdrawn"):
            refused()
    assert recognise(strangers.hk, GD, ends=ENDS) != signed


def test_recognition__that_could_mean_nothing__is_not_signed(strangers: Pair) -> None:
    hk, gd = strangers.hk, strangers.gd
    signed = recognise(hk, GD, ends=ENDS)
    digest = reference_digest(signed.statement.reference)
    refusals = {
        "own_list": lambda: recognise(hk, HK, ends=ENDS),
        "list_unknown": lambda: recognise(hk, GD, version=2, ends=ENDS),
        "ends_too_soon": lambda: recognise(hk, GD, ends=START - timedelta(days=1)),
        "not_of_own_list": lambda: countersign(hk, digest),
        "reference_unknown": lambda: countersign(gd, digest),
    }
    for code, refused in refusals.items():
        with pytest.raises(RecognitionRefusedError, match=code):
            refused()
    with pytest.raises(RecognitionRefusedError, match="reference_unknown"):
        withdraw(hk, digest[:15])
    with pytest.raises(RecognitionRefusedError, match="list_unknown"):
        recognise(hk, AuthorityId("MO"), ends=ENDS)


def test_reference__to_a_list_that_was_never_issued__is_not_countersigned(strangers: Pair) -> None:
    signed = recognise(strangers.hk, GD, ends=ENDS)
    made_up = replace(signed.statement.reference, list_digest="ab" * 32)
    key = strangers.hk.keys.signing_key(KeyUse.SCHEME, START)
    statement = statement_about(made_up, StatementKind.SIGN, HK, signed.statement.at)
    receive_recognition(strangers.gd, sign_recognition(statement, key).message)

    with pytest.raises(RecognitionRefusedError, match="list_unknown"):
        countersign(strangers.gd, reference_digest(made_up))


def test_list__of_a_number_that_is_known__is_refused(strangers: Pair) -> None:
    kept = issue_trust_list(strangers.gd)
    key = strangers.gd.keys.signing_key(KeyUse.SCHEME, START)
    other = sign_trust_list(replace(kept.statement, rules=("other",)), key)

    assert receive_trust_list(strangers.hk, other.message).refused == "version_known"
    again = receive_trust_list(strangers.hk, kept.message)
    assert (again.is_new, again.refused) == (False, None)


def test_what_is_sent__by_strangers_or_ahead_of_time__is_refused(strangers: Pair) -> None:
    stranger = make_authority(GD)
    assert receive_trust_list(strangers.hk, stranger.signed_list()).refused == "unknown_key"
    assert receive_trust_list(strangers.hk, b"x").refused == "unreadable_cose"
    assert receive_recognition(strangers.hk, b"x").refused == "unreadable_cose"
    key = strangers.gd.keys.signing_key(KeyUse.SCHEME, START)
    ahead = START + timedelta(days=1)
    made = replace(issue_trust_list(strangers.gd).statement, version=2, at=ahead)
    assert receive_trust_list(strangers.hk, sign_trust_list(made, key).message).refused == (
        "dated_ahead"
    )
    reference = recognise(strangers.gd, HK, ends=ENDS).statement.reference
    for changed, at_, why in (
        (reference, ahead, "dated_ahead"),
        (replace(reference, of=AuthorityId("MO")), START, "of_others"),
    ):
        statement = statement_about(changed, StatementKind.SIGN, GD, at_)
        message = sign_recognition(statement, key).message
        assert receive_recognition(strangers.hk, message).refused == why
    assert all(each.reference.by != GD for each in trust_overview(strangers.hk).recognitions)


def test_pair__recognises_each_other__once(strangers: Pair) -> None:
    for _ in range(2):
        recognise_each_other(strangers.hk, strangers.gd)
    strangers.sync()
    for each in (strangers.hk, strangers.gd):
        assert len(published_recognitions(each)) == 4
        assert len(published_trust_lists(each)) == 2
    withdraw(strangers.hk, record_of(strangers.hk).digest)
    recognise_each_other(strangers.hk, strangers.gd)
    assert record_of(strangers.hk).state is RecognitionState.WITHDRAWN


def test_green_of_the_other_side__is_admitted_until_it_is_withdrawn(active: Pair) -> None:
    """On the server and at a gate cut off alike, and the way home is never denied."""
    who = person()
    _, _, passes = booked(active, who)
    active.set_time(at(DAY, 10, 30))
    device = gate(active.hk)
    shown = presented(active, who, pass_of(passes, Leg.OUT))
    active.sync()
    assert both_ways_at_gate(active, device, shown).outcome is Outcome.ADMIT
    digest = record_of(active.hk).digest
    withdraw(active.gd, digest)
    active.set_time(at(DAY, 10, 31))
    assert both_ways_at_gate(active, device, shown).outcome is Outcome.ADMIT
    active.sync()
    refused = both_ways_at_gate(active, device, shown)
    assert (refused.outcome, refused.codes) == (
        Outcome.REFER,
        (ReasonCode.HEALTH_CODE_NOT_RECOGNISED,),
    )
    assert refused.reasons[0].facts["issuer"] == GD
    # Guangdong recognises Hong Kong's list as before: each side for itself.
    assert decide_at_gate(active.gd, gate(active.gd), shown).outcome is Outcome.ADMIT


def test_code__under_a_key_made_since__counts_once_its_list_is_recognised(active: Pair) -> None:
    who = person()
    _, _, passes = booked(active, who)
    active.set_time(at(DAY, 10, 30))
    store, now = store_of(active.gd), at(DAY, 10, 30)
    old = store.signing_key(KeyUse.HEALTH_CODE, now).public
    made = store.prepare(
        KeyUse.HEALTH_CODE, at=now, not_before=old.not_before, not_after=old.not_after
    )
    store.activate(made.key_id, at=now)
    store.retire(old.key_id, at=now + timedelta(days=1))
    shown = presented(active, who, pass_of(passes, Leg.OUT))
    active.sync()
    device = gate(active.hk)
    refused = both_ways_at_gate(active, device, shown)
    assert refused.codes == (ReasonCode.HEALTH_CODE_NOT_RECOGNISED,)
    recognise_each_other(active.hk, active.gd)
    active.set_time(at(DAY, 10, 40))
    assert both_ways_at_gate(active, device, shown).outcome is Outcome.ADMIT
    latest = issue_trust_list(active.gd).statement
    assert latest.version == 2
    assert record_of_list(active.hk, trust_list_digest(latest)) is RecognitionState.IN_FORCE


def record_of_list(authority: Authority, digest: str) -> RecognitionState:
    (found,) = [
        each
        for each in trust_overview(authority).recognitions
        if each.reference.list_digest == digest
    ]
    return found.state


def test_recognition__for_conversion_alone__opens_no_gate(active: Pair) -> None:
    who = person()
    _, _, passes = booked(active, who)
    withdraw(active.hk, record_of(active.hk).digest)
    ends = at(DAY, 23, 0)
    signed = recognise(active.hk, GD, usages=(RecognisedUse.CONVERSION,), ends=ends)
    active.sync()
    countersign(active.gd, reference_digest(signed.statement.reference))
    active.sync()
    active.set_time(at(DAY, 10, 30))
    shown = presented(active, who, pass_of(passes, Leg.OUT))
    active.sync()

    refused = both_ways_at_gate(active, gate(active.hk), shown)

    assert refused.codes == (ReasonCode.HEALTH_CODE_NOT_RECOGNISED,)
