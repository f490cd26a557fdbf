"""The EU's test data for Digital COVID Certificates, each expectation from its own stage.

A file holds a certificate at every stage from JSON to picture, and says which steps must succeed or
fail. A step reads its stage's field and is compared with the stage before it where the file has
that. A step whose field is not there cannot be tried and counts as no data; so does the validity by
the schema, which is not part of this verifier. ``VERDICT`` is the whole chain, for the files that
``common-verdicts.json`` names.
"""

import base64
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cbor2

from tongguan.adapters.barcode_reader import read_qr_codes
from tongguan.cli.conformance.report import ConformanceReport
from tongguan.core.certificates import eu_dcc, lenient_cbor
from tongguan.core.certificates.cose_envelope import Envelope, find_signer, read_envelope
from tongguan.core.certificates.lenient_cbor import MalformedCborError
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.verdict import Refused, Verified
from tongguan.core.certificates.x509 import IssuerCertificate, read_certificate, read_pem

SUITE = "dgc"
VERDICT = "VERDICT"
_FILE = "FILE"
_VERDICTS_FILE = "common-verdicts.json"
_VERDICTS_FOLDER = "common"
_VALID = "VALID"
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)", re.ASCII)
_SCHEMA = "EXPECTEDSCHEMAVALIDATION"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """One file: the certificate at its stages, with what was told of it."""

    stages: Mapping[str, Any]
    trust: TrustStore
    now: datetime | None

    def has(self, stage: str) -> bool:
        return stage in self.stages

    def text(self, stage: str) -> str:
        value = self.stages.get(stage)
        return value if isinstance(value, str) else ""

    def octets(self, stage: str) -> bytes:
        """Of a stage written in hexadecimal digits; empty where it is not."""
        try:
            return bytes.fromhex(self.text(stage))
        except ValueError:
            return b""


def run_dgc(directory: Path) -> ConformanceReport:
    """Every expectation of every file below the directory; a folder is a country."""
    report = ConformanceReport(suite=SUITE)
    verdicts = _read_verdicts(directory / _VERDICTS_FILE)
    for path in sorted(directory.glob("*/**/*.json")):
        _run_file(report, path, directory, verdicts)
    return report


def _run_file(
    report: ConformanceReport, path: Path, directory: Path, verdicts: Mapping[str, str]
) -> None:
    below = path.relative_to(directory)
    folder, file = below.parts[0], below.as_posix()
    data = _read_json(path)
    if data is None:
        report.add(folder=folder, file=file, name=_FILE, is_met=False)
        return
    expected = data.get("EXPECTEDRESULTS") if isinstance(data, dict) else None
    if not isinstance(expected, dict):
        return
    case = _read_case(data)
    for name, step in _STEPS.items():
        wanted = expected.get(name)
        if not isinstance(wanted, bool) or not case.has(step.stage):
            report.add_no_data(folder=folder, name=name)
        else:
            report.add(folder=folder, file=file, name=name, is_met=step.succeeds(case) is wanted)
    report.add_no_data(folder=folder, name=_SCHEMA)
    verdict = verdicts.get(path.stem) if folder == _VERDICTS_FOLDER else None
    if verdict is not None:
        is_met = _whole_chain(case) is (verdict == _VALID)
        report.add(folder=folder, file=file, name=VERDICT, is_met=is_met)


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None


def _read_verdicts(path: Path) -> Mapping[str, str]:
    verdicts = _read_json(path) if path.exists() else None
    return verdicts if isinstance(verdicts, dict) else {}


def _read_case(data: Mapping[str, Any]) -> _Case:
    context = data.get("TESTCTX")
    context = context if isinstance(context, dict) else {}
    certificate = _read_issuer(context.get("CERTIFICATE"))
    return _Case(
        stages=data,
        trust=TrustStore(certificates=(certificate,) if certificate else ()),
        now=_read_clock(context.get("VALIDATIONCLOCK")),
    )


def _read_issuer(text: object) -> IssuerCertificate | None:
    """A certificate in Base64; some files have it between the lines of PEM."""
    if isinstance(text, str) and "-----BEGIN" in text:
        return next(iter(read_pem(text.encode(errors="replace"))), None)
    return read_certificate(_from_base64(text))


def _read_clock(text: object) -> datetime | None:
    """The instant of validation; one without a zone is UTC's."""
    try:
        clock = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return clock.replace(tzinfo=UTC) if clock and clock.tzinfo is None else clock


def _from_base64(text: object) -> bytes:
    try:
        return base64.b64decode(text) if isinstance(text, str) else b""
    except ValueError:
        return b""


def _is_picture_decoded(case: _Case) -> bool:
    return case.text("PREFIX") in read_qr_codes(_from_base64(case.stages["2DCODE"]))


def _is_prefix_removed(case: _Case) -> bool:
    encoded = eu_dcc.remove_prefix(case.text("PREFIX"))
    return not isinstance(encoded, Refused) and (
        not case.has("BASE45") or encoded == case.text("BASE45")
    )


def _is_base45_decoded(case: _Case) -> bool:
    stream = eu_dcc.decode_base45(case.text("BASE45"))
    if isinstance(stream, Refused):
        return False
    if case.has("COMPRESSED"):
        return stream == case.octets("COMPRESSED")
    return not case.has("COSE") or eu_dcc.inflate(stream) == case.octets("COSE")


def _is_inflated(case: _Case) -> bool:
    message = eu_dcc.inflate(case.octets("COMPRESSED"))
    return not isinstance(message, Refused) and (
        not case.has("COSE") or message == case.octets("COSE")
    )


def _signed(case: _Case) -> tuple[Envelope, IssuerCertificate] | None:
    envelope = read_envelope(case.octets("COSE"))
    if isinstance(envelope, Refused):
        return None
    certificate = find_signer(envelope, case.trust)
    return None if isinstance(certificate, Refused) else (envelope, certificate)


def _is_verified(case: _Case) -> bool:
    return _signed(case) is not None


def _is_of_its_key(case: _Case) -> bool:
    signed = _signed(case)
    if signed is None:
        return False
    envelope, certificate = signed
    claims = eu_dcc.read_claims(envelope.payload)
    return (
        not isinstance(claims, Refused) and eu_dcc.check_key_use(certificate, claims.kind) is None
    )


def _is_within_dates(case: _Case) -> bool:
    envelope = read_envelope(case.octets("COSE"))
    if isinstance(envelope, Refused) or case.now is None:
        return False
    claims = eu_dcc.read_claims(envelope.payload)
    return not isinstance(claims, Refused) and eu_dcc.check_dates(claims, case.now) is None


def _is_decoded(case: _Case) -> bool:
    document = _read_document(case.octets("CBOR"))
    return document is not None and (not case.has("JSON") or _same(document, case.stages["JSON"]))


def _is_encoded(case: _Case) -> bool:
    """Both are decoded and compared: members may stand in any order, numbers in any length."""
    try:
        encoded = _read_document(cbor2.dumps(case.stages["JSON"]))
    except (cbor2.CBOREncodeError, ValueError, RecursionError):
        return False
    return encoded is not None and (
        not case.has("CBOR") or _same(encoded, _read_document(case.octets("CBOR")))
    )


def _read_document(data: bytes) -> Mapping[str, Any] | None:
    """The certificate in CBOR; some files have it alone at this stage, some within its claims."""
    claims = eu_dcc.read_claims(data)
    if not isinstance(claims, Refused):
        return claims.document
    try:
        document = lenient_cbor.decode(data)
        lenient_cbor.check_json(document)
    except MalformedCborError:
        return None
    return document if isinstance(document, dict) else None


def _same(one: object, other: object) -> bool:
    """Whether two documents say the same; an instant or a letter may be written in several ways."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
        case list(), list():
            return len(one) == len(other) and all(map(_same, one, other))
        case str(), str() if one != other and _INSTANT.fullmatch(one) and _INSTANT.fullmatch(other):
            return _read_clock(one) == _read_clock(other)
        case str(), str():
            return unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
        case _:
            return one == other


def _is_valid_json(case: _Case) -> bool:
    """From text to certificate, whoever signed it."""
    message = eu_dcc.read_text(case.text("PREFIX"))
    envelope = message if isinstance(message, Refused) else read_envelope(message)
    claims = envelope if isinstance(envelope, Refused) else eu_dcc.read_claims(envelope.payload)
    return not isinstance(claims, Refused) and (
        not case.has("JSON") or _same(claims.document, case.stages["JSON"])
    )


def _is_valid_object(case: _Case) -> bool:
    document = case.stages["JSON"]
    return isinstance(document, dict) and eu_dcc.statement_kind(document) is not None


def _whole_chain(case: _Case) -> bool:
    """From the picture where there is one, else from its text."""
    text: str | None = case.text("PREFIX")
    if case.has("2DCODE"):
        text = next(iter(read_qr_codes(_from_base64(case.stages["2DCODE"]))), None)
    if text is None or case.now is None:
        return False
    return isinstance(eu_dcc.verify_eu_dcc(text, trust=case.trust, now=case.now), Verified)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Step:
    """How an expectation is tried, on the field of which stage."""

    stage: str
    succeeds: Callable[[_Case], bool]


_STEPS: Mapping[str, _Step] = {
    "EXPECTEDB45DECODE": _Step(stage="BASE45", succeeds=_is_base45_decoded),
    "EXPECTEDCOMPRESSION": _Step(stage="COMPRESSED", succeeds=_is_inflated),
    "EXPECTEDDECODE": _Step(stage="CBOR", succeeds=_is_decoded),
    "EXPECTEDENCODE": _Step(stage="JSON", succeeds=_is_encoded),
    "EXPECTEDEXPIRATIONCHECK": _Step(stage="COSE", succeeds=_is_within_dates),
    "EXPECTEDKEYUSAGE": _Step(stage="COSE", succeeds=_is_of_its_key),
    "EXPECTEDPICTUREDECODE": _Step(stage="2DCODE", succeeds=_is_picture_decoded),
    "EXPECTEDUNPREFIX": _Step(stage="PREFIX", succeeds=_is_prefix_removed),
    "EXPECTEDVALIDJSON": _Step(stage="PREFIX", succeeds=_is_valid_json),
    "EXPECTEDVALIDOBJECT": _Step(stage="JSON", succeeds=_is_valid_object),
    "EXPECTEDVERIFY": _Step(stage="COSE", succeeds=_is_verified),
}
