"""Every published vector is read and judged as it says, and there is one for every fault.

A gate, on a device or on a server, reads texts by ``GateKnowledge`` and decides by ``decide``; so
do these tests.
"""

import base64
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from credential_test_keys import GD, HK, agreement_test_key, trusted_test_keys
from make_credential_vectors import KINDS, files, write
from own_vector import plain

from tongguan.adapters.scheme_files import load_bundled
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.holder import HolderKey, holder_key, holder_tag
from tongguan.core.credentials.keys import KeySet
from tongguan.core.credentials.published import (
    PublishedKeySet,
    key_set_document,
    read_key_set_text,
    read_signed_key_set,
)
from tongguan.core.credentials.status_list import StatusFault, StatusList, read_status_list
from tongguan.core.decisions import Decision, Outcome
from tongguan.core.gate.knowledge import GateKnowledge, Presented
from tongguan.core.gate.plain import read_situation
from tongguan.core.gate.situation import EarlierUse, GateSituation
from tongguan.core.gate.use import used_pass
from tongguan.core.health.code import HealthCodeClaims, read_health_code
from tongguan.core.identifiers import AuthorityId, PassId, VersionId
from tongguan.core.passes.claims import PassClaims
from tongguan.core.passes.code import read_pass
from tongguan.core.people import Document, DocumentType
from tongguan.core.reasons import ReasonCode
from tongguan.core.recognition.references import read_received_recognition
from tongguan.core.recognition.state import Recognitions
from tongguan.core.recognition.trust_lists import read_received_trust_list
from tongguan.core.scheme.acts import Act, ActKind
from tongguan.gate.checkpoint import decide_texts

FOLDER = Path(__file__).resolve().parents[2] / "conformance" / "credentials"
FILES = sorted(each for kind in KINDS for each in (FOLDER / kind).glob("*/*.json"))
CODES = [each for each in FILES if each.parent.parent.name in ("pass", "code")]
MESSAGES = [each for each in FILES if each not in CODES]
UNREADABLE = {"pass": ReasonCode.PASS_UNREADABLE, "code": ReasonCode.HEALTH_CODE_UNREADABLE}
SHOWN_ISSUER = "GD"
"""The issuer whose code a vector of codes shows; that of the other side stands beside it."""


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.parent.name}-{path.stem}"


def published_keys() -> KeySet:
    sets = []
    for document in load(FOLDER / "keys.json")["sets"]:
        read = read_key_set_text(json.dumps(document).encode())
        assert isinstance(read, PublishedKeySet)
        sets.append(read.keys)
    return KeySet.joined(sets)


KEYS = published_keys()
PIN = load(FOLDER / "keys.json")["pinned"]["HK"]
GATE = load(FOLDER / "gate.json")


def texts_of(vector: dict[str, Any]) -> tuple[str, ...]:
    return tuple(vector["texts"]) if "texts" in vector else (vector["text"],)


def outcome(read: object) -> dict[str, Any]:
    """What our reader made of a vector, in the words of the vector."""
    match read:
        case Unreadable():
            return {"valid": False, "reason": read.code.value}
        case PublishedKeySet():
            return {"valid": True, "document": key_set_document(read)}
        case PassClaims() | HealthCodeClaims() | StatusList():
            return {"valid": True, "claims": plain(read)}
    raise AssertionError(read)


def read_message(kind: str, message: bytes) -> object:
    if kind == "status-list":
        return read_status_list(message, KEYS)
    return read_signed_key_set(message, fingerprint=PIN)


def given_situation(at: datetime) -> GateSituation:
    scheme = load_bundled(VersionId(GATE["situation"]["version"]))
    plain_situation = GATE["situation"] | {"now": at.isoformat()}
    given = read_situation(plain_situation, scheme.version, scheme.digest)
    assert isinstance(given, GateSituation), given
    return given


def acts_of(given: GateSituation) -> Iterable[Act]:
    """Both sign the text, and one activates the phase."""
    for day, kind, authority, phase in (
        (1, ActKind.SIGN_VERSION, HK, None),
        (2, ActKind.SIGN_VERSION, GD, None),
        (13, ActKind.ACTIVATE_PHASE, HK, given.phase_id),
    ):
        yield Act(
            kind=kind,
            authority=authority,
            scheme=given.version.scheme,
            version=given.version.id,
            digest=given.version_digest,
            phase=phase,
            at=datetime(2021, 12, day, tzinfo=UTC),
        )


def knowledge_of(given: GateSituation, uses: dict[PassId, EarlierUse]) -> GateKnowledge:
    file = load(FOLDER / "holder.json")
    key = HolderKey(
        scheme_id=file["scheme_id"],
        period=file["period"],
        secret=bytes.fromhex(file["holder_key"]),
    )
    return GateKnowledge(
        version=given.version,
        version_digest=given.version_digest,
        phase_id=given.phase_id,
        acts=tuple(acts_of(given)),
        authority=AuthorityId(GATE["authority"]),
        keys=KEYS,
        recognitions=recognitions(),
        holder_keys=(key,),
        status_lists=given.status_lists,
        uses=uses,
    )


def recognitions() -> Recognitions:
    def messages(name: str) -> list[bytes]:
        return [base64.b64decode(each) for each in GATE[name]]

    lists = [read_received_trust_list(each, KEYS) for each in messages("trust_lists")]
    statements = [read_received_recognition(each, KEYS) for each in messages("recognitions")]
    return Recognitions(
        lists=tuple(each.statement for each in lists if not isinstance(each, Unreadable)),
        statements=tuple(each.statement for each in statements if not isinstance(each, Unreadable)),
    )


def presented(kind: str, texts: tuple[str, ...]) -> Presented:
    beside, document = GATE["beside"], GATE["document"]
    codes = beside["codes"]
    others = tuple(text for issuer, text in codes.items() if issuer != SHOWN_ISSUER)
    return Presented(
        pass_text=texts[0] if kind == "pass" else beside["pass"],
        code_texts=tuple(codes.values()) if kind == "pass" else (*texts, *others),
        document=Document(
            type=DocumentType(document["type"]),
            number=document["number"],
            issuer=document["issuer"],
        ),
    )


def judged(kind: str, vector: dict[str, Any]) -> list[Decision]:
    """The decisions of one gate: on passes one after another, on codes shown together."""
    given = given_situation(datetime.fromisoformat(vector["at"]))
    texts = texts_of(vector)
    uses: dict[PassId, EarlierUse] = {}
    decisions = []
    for shown in [(each,) for each in texts] if kind == "pass" else [texts]:
        knowledge, person = knowledge_of(given, dict(uses)), presented(kind, shown)
        place = {"direction": given.direction, "control_point": given.control_point}
        decision = decide_texts(knowledge, person, now=given.now, **place)
        situation = knowledge.situation(person, now=given.now, **place)
        used = used_pass(situation, decision)
        if used is not None and decision.outcome is Outcome.ADMIT:
            uses[used] = EarlierUse(used_at=given.now, control_point=given.control_point)
        decisions.append(decision)
    return decisions


@pytest.mark.parametrize("path", MESSAGES, ids=name_of)
def test_message__is_read__as_its_vector_says(path: Path) -> None:
    vector = load(path)
    found = outcome(read_message(path.parent.parent.name, base64.b64decode(vector["message"])))
    assert found == {name: vector["expect"][name] for name in found}
    assert found["valid"] is (path.parent.name == "good")


@pytest.mark.parametrize("path", CODES, ids=name_of)
def test_code__is_read__as_its_vector_says(path: Path) -> None:
    vector, kind = load(path), path.parent.parent.name
    for text in texts_of(vector):
        read = read_pass(text, KEYS) if kind == "pass" else read_health_code(text, KEYS)
        expect = vector["expect"]
        if expect["valid"] or expect["reason"] in list(ReadFault):
            assert outcome(read) == expect
        else:
            assert not isinstance(read, Unreadable), "its defect is for the gate to find"


@pytest.mark.parametrize("path", CODES, ids=name_of)
def test_code__is_judged_at_a_gate__as_its_vector_says(path: Path) -> None:
    vector, kind = load(path), path.parent.parent.name
    *before, decision = judged(kind, vector)
    assert all(each.outcome is Outcome.ADMIT for each in before)
    if vector["expect"]["valid"]:
        assert path.parent.name == "good"
        assert decision.outcome is Outcome.ADMIT
        return
    assert path.parent.name == "bad"
    assert decision.outcome is not Outcome.ADMIT
    [reason] = decision.reasons
    if vector["expect"]["reason"] not in list(ReasonCode):
        assert (reason.code, reason.facts["fault"]) == (
            UNREADABLE[kind],
            vector["expect"]["reason"],
        )
    else:
        assert reason.code.value == vector["expect"]["reason"]


def test_vectors__of_each_kind__name_every_fault_that_it_can_have() -> None:
    for kind in ("pass", "code"):
        found = {load(each)["expect"]["reason"] for each in (FOLDER / kind / "bad").iterdir()}
        assert {fault.value for fault in ReadFault} <= found


def test_vectors__of_one_pass__carry_one_pass_id() -> None:
    vectors = [load(each) for each in (FOLDER / "pass" / "good").iterdir()]
    claims = [each["expect"]["claims"] for each in vectors]
    same = [v["text"] for v, c in zip(vectors, claims, strict=True) if c == claims_of("plain")]
    assert len(set(same)) == len(same) == 5
    assert len({each["pass_id"] for each in claims}) == 1


def claims_of(name: str) -> dict[str, Any]:
    claims: dict[str, Any] = load(FOLDER / "pass" / "good" / f"{name}.json")["expect"]["claims"]
    return claims


def test_vector__of_a_status_list__gives_each_bit() -> None:
    vector = load(FOLDER / "status-list" / "good" / "plain.json")
    read = read_status_list(base64.b64decode(vector["message"]), KEYS)
    assert isinstance(read, StatusList)
    bits = {index: read.is_set(int(index)) for index in vector["expect"]["set"]}
    assert bits == vector["expect"]["set"]
    for index in vector["expect"]["out_of_range"]:
        assert read.is_set(index) is StatusFault.INDEX_OUT_OF_RANGE


def test_vectors__of_holders__are_derived_from_the_other_side_too() -> None:
    file = load(FOLDER / "holder.json")
    key = holder_key(
        agreement_test_key(AuthorityId(GD)),
        agreement_test_key(AuthorityId(HK)).public,
        scheme_id=file["scheme_id"],
        period=file["period"],
    )
    assert key.secret.hex() == file["holder_key"]
    for row in file["tags"]:
        tag = row.pop("tag")
        assert holder_tag(key, **row).hex() == tag


def test_vectors__stand__under_the_test_keys() -> None:
    assert trusted_test_keys() == KEYS
    assert load(FOLDER / "keys.json")["warning"].startswith("TEST KEYS")


def without_texts(path: str, content: bytes) -> Any:
    """What a file says, apart from texts: their compression differs with zlib's version."""
    values = json.loads(content)
    if path == "gate.json":
        del values["beside"]
    for name in ("text", "texts", "message"):
        values.pop(name, None)
    return values


def test_tool__writes__a_folder_of_the_same_files(tmp_path: Path) -> None:
    assert write(tmp_path) == len(FILES) + 3
    for path, content in files().items():
        assert (tmp_path / path).read_bytes() == content
        published = (FOLDER / path).read_bytes()
        assert without_texts(path, published) == without_texts(path, content)
