"""Each published vector of a certificate gives exactly what it says, and each fault has one."""

import json
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

import fixed_deflate
import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_certificate_vectors import FORMATS, TRUST_FOLDER, files, vectors

from tongguan.core.certificates.card_issuers import card_issuers_from
from tongguan.core.certificates.eu_dcc import certificate_ids
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.verdict import CertificateFault, CertificateKind, Verdict, Verified
from tongguan.core.certificates.verify import verify_certificate
from tongguan.core.certificates.x509 import read_pem

FOLDER = Path(__file__).resolve().parents[2] / "conformance" / "credentials"
FILES = sorted(path for each in FORMATS for path in (FOLDER / each).glob("*/*.json"))
PLAIN_AND_TWIN = ("vaccination", "twin_signature")
KINDS = dict(zip(FORMATS, CertificateKind, strict=True))
WITHOUT_FILE = {
    "hcert": {
        CertificateFault.CHUNK_MISSING,
        CertificateFault.UNREADABLE_NUMERIC,
        CertificateFault.REVOKED,
        CertificateFault.REVOCATION_UNKNOWN,
    },
    "shc": {CertificateFault.UNREADABLE_BASE45},
    "vds-nc": {
        CertificateFault.CHUNK_MISSING,
        CertificateFault.UNREADABLE_BASE45,
        CertificateFault.UNREADABLE_NUMERIC,
        CertificateFault.UNREADABLE_COMPRESSION,
        CertificateFault.EXPIRED,
        CertificateFault.REVOKED,
        CertificateFault.REVOCATION_UNKNOWN,
    },
}
"""What no reader of the format gives: it has no such part, or nothing says it there."""
DEFECTS = {
    "hcert": """
        payload_bit_flip signature_bit_flip_in_r signature_bit_flip_in_s key_id_wrong
        algorithm_absent algorithm_none algorithm_eddsa algorithm_es256_under_rsa
        signature_64_bytes_under_p384 signature_cut_to_64_bytes_under_p384
        key_use_vaccination_by_a_key_for_tests key_use_test_by_a_key_for_recoveries
        key_use_recovery_by_a_key_for_vaccinations expired not_yet_valid key_expired
        key_not_yet_valid issuer_not_trusted issuer_no_longer_trusted compression_cut
        compression_trailing_byte compression_bomb message_trailing_byte message_duplicate_key
        message_too_deep claims_trailing_byte claims_duplicate_key claims_too_deep
    """,
    "shc": """
        payload_bit_flip signature_bit_flip_in_r signature_bit_flip_in_s key_id_wrong
        algorithm_absent algorithm_none algorithm_es384 signature_64_bytes_under_p384 key_p384
        key_use_eu key_use_seals expired not_yet_valid key_expired key_not_yet_valid
        issuer_not_trusted issuer_no_longer_trusted issuer_of_another_key revoked revoked_twin
        revoked_before revocation_list_absent revocation_list_old chunk_missing
        compression_cut compression_trailing_byte compression_bomb header_trailing_byte
        header_duplicate_key header_too_deep claims_trailing_byte claims_duplicate_key
        claims_too_deep
    """,
    "vds-nc": """
        payload_bit_flip signature_bit_flip_in_r signature_bit_flip_in_s
        certificate_of_another_key certificate_bit_flip algorithm_absent algorithm_none
        algorithm_es384 algorithm_es256_under_p384 signature_64_bytes_under_p384 key_use_eu
        key_use_tests key_use_authority not_yet_valid key_expired key_not_yet_valid
        authority_expired issuer_not_trusted issuer_no_longer_trusted json_trailing_byte
        json_duplicate_key json_too_deep
    """,
}
"""By format, the defects of which each must have its file."""


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def judged(vector: dict[str, Any], *, trust: list[str] | None = None) -> Verdict:
    """What our reader makes of a vector."""
    names = vector["trust"] if trust is None else trust
    trusted = {name: (FOLDER / TRUST_FOLDER / name).read_bytes() for name in names}
    certificates = tuple(each for content in trusted.values() for each in read_pem(content))
    return verify_certificate(
        vector["text"] if "text" in vector else " ".join(vector["texts"]),
        trust=TrustStore(certificates=certificates),
        issuers=card_issuers_from(trusted),
        now=datetime.fromisoformat(vector["at"]),
    )


def in_words(verdict: Verdict) -> dict[str, Any]:
    """A verdict in the words of the vectors."""
    if not isinstance(verdict, Verified):
        return {"valid": False, "reason": verdict.code.value}
    return {
        "valid": True,
        "issuer": verdict.issuer,
        "key_id": verdict.key_id,
        "claims": dict(verdict.claims),
    }


def name_of(path: Path) -> str:
    return path.relative_to(FOLDER).with_suffix("").as_posix()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_vector__is_judged__as_it_says(path: Path) -> None:
    vector = load(path)
    verdict = judged(vector)
    assert in_words(verdict) == vector["expect"]
    assert vector["expect"]["valid"] is (path.parent.name == "good")
    kind = KINDS[path.parent.parent.name]
    no_format = {CertificateFault.UNKNOWN_FORMAT, CertificateFault.TOO_LONG}
    assert verdict.kind is kind or (
        not isinstance(verdict, Verified) and verdict.code in no_format and verdict.kind is None
    )


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.parent.name == "good"], ids=name_of
)
def test_good_vector__is_refused__where_nobody_is_trusted(path: Path) -> None:
    assert in_words(judged(load(path), trust=[])) == {"valid": False, "reason": "unknown_key"}


@pytest.mark.parametrize("name", FORMATS)
def test_vectors_of_a_format__give__every_reason_that_it_has(name: str) -> None:
    bad = [load(path)["expect"]["reason"] for path in (FOLDER / name / "bad").iterdir()]
    assert set(bad) == {each.value for each in set(CertificateFault) - WITHOUT_FILE[name]}


@pytest.mark.parametrize("name", FORMATS)
def test_vectors_of_a_format__have__a_file_for_each_defect(name: str) -> None:
    wanted = set(DEFECTS[name].split())
    assert wanted - {path.stem for path in (FOLDER / name / "bad").iterdir()} == set()


@pytest.mark.parametrize("name", FORMATS)
def test_vectors_of_a_format__differ__in_what_is_shown_to_whom_and_when(name: str) -> None:
    shown = [json.dumps(each.as_data() | {"about": ""}) for each in vectors()[name]]
    assert len(set(shown)) == len(shown)
    assert len({each.about for each in vectors()[name]}) > len(shown) // 2


def test_twin__is_the_same_certificate__by_its_identifier() -> None:
    first, second = (load(FOLDER / "hcert/good" / f"{name}.json") for name in PLAIN_AND_TWIN)
    assert first["text"] != second["text"]
    identifiers = certificate_ids(first["expect"]["claims"])
    assert len(identifiers) == 1
    assert certificate_ids(second["expect"]["claims"]) == identifiers


@pytest.mark.parametrize("name", FORMATS)
def test_twin__says__what_the_first_says(name: str) -> None:
    first, second = (load(FOLDER / name / "good" / f"{each}.json") for each in PLAIN_AND_TWIN)
    assert first["text"] != second["text"]
    assert first["trust"] == second["trust"]
    assert judged(first) == judged(second)


@pytest.mark.parametrize("name", FORMATS)
def test_certificate_no_longer_trusted__is_a_good_one__under_another_trust(name: str) -> None:
    withdrawn = load(FOLDER / name / "bad/issuer_no_longer_trusted.json")
    good = load(FOLDER / name / "good/vaccination.json")
    assert withdrawn["text"] == good["text"]
    assert withdrawn["trust"] != good["trust"]


def test_tool__writes__the_same_bytes_as_are_published() -> None:
    published = {
        path.relative_to(FOLDER).as_posix(): path.read_bytes()
        for name in (TRUST_FOLDER, *FORMATS)
        for path in (FOLDER / name).rglob("*")
        if path.is_file()
    }
    made = files()
    assert made.keys() == published.keys()
    assert [name for name in made if made[name] != published[name]] == []


def test_trust__holds__nobody_without_a_vector() -> None:
    used = {name for path in FILES for name in load(path)["trust"]}
    folder = FOLDER / TRUST_FOLDER
    assert used == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    }


@given(st.binary(max_size=2000) | st.binary(max_size=12).map(lambda part: part * 100))
def test_stream__inflates__to_what_was_deflated(data: bytes) -> None:
    assert zlib.decompress(fixed_deflate.deflate_zlib(data)) == data
    assert zlib.decompress(fixed_deflate.deflate(data), wbits=-15) == data
