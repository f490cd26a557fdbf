import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.seals import (
    SIGNER,
    SOUND,
    VACCINATION,
    base64url,
    fault_of,
    judged,
    with_sig,
    without_sig,
)
from tongguan.core.certificates.seal import TEXT_CHARACTERS_MAX
from tongguan.core.certificates.vds_nc import check_integrity
from tongguan.core.certificates.verdict import (
    CertificateFault,
    Refused,
    Verified,
)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", CertificateFault.UNKNOWN_FORMAT),
        ("HC1:6BF", CertificateFault.UNKNOWN_FORMAT),
        ("{}", CertificateFault.UNKNOWN_FORMAT),
        ("[]", CertificateFault.UNKNOWN_FORMAT),
        ('{"isThisAVDS": false}', CertificateFault.UNKNOWN_FORMAT),
        ('{"data": {}}', CertificateFault.UNKNOWN_FORMAT),
        ('{"data": {}, "sig": {}}', CertificateFault.UNREADABLE_ENVELOPE),
        ('{"data": [], "sig": {"cer": 1, "sigvl": 2, "alg": "ES256"}}', None),
        (SOUND + "x", CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND + SOUND, CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND + "\x00", CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND[:-1], CertificateFault.UNREADABLE_ENVELOPE),
        (f"[{SOUND}, {SOUND}]", CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND.replace('"v": 1', '"v": 1, "v": 1'), CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND.replace('"v": 1', '"v": 1, "\\u0076": 1'), CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND.replace('"v": 1', '"v": true'), CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND.replace('"v": 1', '"v": 1.0'), CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND.replace('"v": 1', '"v": NaN'), CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND.replace('"seq": 1', '"seq": 1e999'), CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND.replace('"seq": 1', '"seq": 9007199254740993'), None),
        (SOUND.replace('"seq": 1', '"seq": ' + "9" * 5000), None),
        (SOUND.replace('"seq": 1', '"seq": -Infinity'), CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND.replace('"seq": 1', '"seq": ' + "[" * 40 + "]" * 40), None),
        ("[" * 16000, CertificateFault.UNREADABLE_ENVELOPE),
        ('{"data":' * 1500 + "1" + "}" * 1500, None),
        (SOUND.replace("MUSTER", "\\ud800"), CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND.replace("MUSTER", "\ud800"), CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND.replace("MUSTER", "\n"), CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND.replace('"SGP"', '"Singapore"', 1), CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND.replace('"sig":', '"more": 1, "sig":'), CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND.replace('"alg":', '"more": 1, "alg":'), CertificateFault.UNREADABLE_ENVELOPE),
        (SOUND + " " * TEXT_CHARACTERS_MAX, CertificateFault.TOO_LONG),
        (without_sig("cer"), CertificateFault.UNREADABLE_ENVELOPE),
        (without_sig("sigvl"), CertificateFault.UNREADABLE_ENVELOPE),
        (with_sig(cer=""), CertificateFault.UNREADABLE_ENVELOPE),
        (with_sig(cer="MIID"), CertificateFault.UNREADABLE_ENVELOPE),
        (with_sig(sigvl="A" * 85), CertificateFault.UNREADABLE_ENVELOPE),
        (with_sig(sigvl="+/" * 43), CertificateFault.UNREADABLE_ENVELOPE),
        (with_sig(sigvl=base64url(SIGNER.sign(VACCINATION)) + "="), None),
    ],
)
def test_text_of_another_form__is_refused(text: str, fault: CertificateFault | None) -> None:
    expected = fault or CertificateFault.UNREADABLE_ENVELOPE
    verdict = judged(text)
    assert isinstance(verdict, Refused)
    assert verdict.code is expected
    assert check_integrity(text) == verdict


def test_signature_whose_last_character_says_more__is_refused() -> None:
    """Of its six bits four say nothing; a reader that ignores them reads many texts as one."""
    text = base64url(SIGNER.sign(VACCINATION))
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = digits[digits.index(text[85]) ^ 1]
    assert fault_of(with_sig(sigvl=text[:85] + last + text[86:])) is (
        CertificateFault.UNREADABLE_ENVELOPE
    )


@settings(max_examples=200, deadline=None)
@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_any_text__is_refused(text: str) -> None:
    assert isinstance(judged(text), Refused)
    assert isinstance(judged("{" + text), Refused)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
paths = st.sampled_from(
    [(), ("data",), ("data", "hdr"), ("data", "hdr", "t"), ("data", "hdr", "v"),
     ("data", "hdr", "is"), ("data", "msg"), ("data", "msg", "ve"), ("data", "msg", "pid"),
     ("sig",), ("sig", "alg"), ("sig", "cer"), ("sig", "sigvl")]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(paths, json_values)
def test_any_value_in_place_of_a_part__is_refused(path: tuple[str, ...], value: object) -> None:
    whole: Any = {"": SIGNER.seal()}
    target, last = whole, ""
    for name in path:
        target, last = target[last], name
    if target[last] == value and type(target[last]) is type(value):
        return
    target[last] = value
    assert isinstance(judged(json.dumps(whole[""])), Refused)


@settings(max_examples=500, deadline=None)
@given(st.integers(0, len(SOUND) - 1), st.characters(), st.sampled_from(["put", "add", "cut"]))
def test_any_change_of_a_character__is_refused_or_changes_nothing(
    position: int, character: str, how: str
) -> None:
    behind = SOUND[position + (how != "add") :]
    text = SOUND[:position] + ("" if how == "cut" else character) + behind
    verdict = judged(text)
    if isinstance(verdict, Verified):
        assert json.loads(text)["data"] == json.loads(SOUND)["data"]
