"""The examples of the SMART Health Cards specification: each card in each of its forms.

An example is the files whose names begin alike: ``-a-`` its resources, ``-b-`` and ``-c-`` its
claims, ``-d-`` the card, ``-e-`` a file of cards and ``-f-`` the texts of its QR codes. The keys
of their issuer and the list of what it revoked lie beside them.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tongguan.adapters.strict_json import read_json
from tongguan.cli.conformance.report import ConformanceReport
from tongguan.core.certificates.card_issuers import CardIssuers, card_issuers_from
from tongguan.core.certificates.smart_health_card import (
    read_signed_card,
    verify_card_codes,
    verify_card_file,
    verify_smart_health_card,
)
from tongguan.core.certificates.verdict import CertificateFault, Refused, Verdict, Verified

JUDGED_AT: Final = datetime(2023, 7, 1, tzinfo=UTC)
"""After the examples were issued (22 June 2023) and before the one that expires does, a year on."""
_PART = re.compile(r"(.+)-([a-f])-[^.]+\.[^.]+")
_COUNT_OF_CODES = re.compile(r"shc:/[0-9]+/([0-9]+)/")
_LISTS: Final = ".well-known/crl/*.json"


@dataclass(frozen=True, kw_only=True)
class _Example:
    directory: Path
    name: str
    """The common beginning of its files, as a path below the directory."""
    parts: dict[str, list[Path]]

    @property
    def folder(self) -> str:
        return Path(self.name).parent.as_posix()

    def file(self, part: str) -> Path | None:
        return next(iter(self.parts.get(part, ())), None)

    def texts(self, part: str) -> list[str]:
        return [_text(path) for path in self.parts.get(part, ())]


def run_shc(directory: Path) -> ConformanceReport:
    """Each card must verify in each form and hold its claims, unless its issuer revoked it."""
    report = ConformanceReport(suite="shc")
    paths = sorted(path for path in directory.rglob("*") if path.is_file())
    issuers = card_issuers_from(
        {path.relative_to(directory).as_posix(): path.read_bytes() for path in paths}
    )
    for example in _examples(directory, paths):
        _judge_forms(report, example, issuers)
        _compare_content(report, example, issuers)
    return report


def _examples(directory: Path, paths: list[Path]) -> list[_Example]:
    found: dict[str, _Example] = {}
    for path in paths:
        match = _PART.fullmatch(path.relative_to(directory).as_posix())
        if match is not None:
            name, part = match.groups()
            example = found.setdefault(name, _Example(directory=directory, name=name, parts={}))
            example.parts.setdefault(part, []).append(path)
    return list(found.values())


def _judge_forms(report: ConformanceReport, example: _Example, issuers: CardIssuers) -> None:
    """The card, the file and the QR codes: verified, or refused as revoked where it is listed."""
    forms: dict[str, tuple[str, tuple[Verdict, ...]]] = {
        "jws": ("d", tuple(_verdict(text, issuers) for text in example.texts("d"))),
        "file": ("e", tuple(each for text in example.texts("e") for each in _file(text, issuers))),
        "qr": ("f", _codes(example.texts("f"), issuers)),
    }
    is_revoked = _is_revoked(example)
    for form, (part, verdicts) in forms.items():
        name = f"{form}_revoked" if is_revoked else form
        if not verdicts:
            report.add_no_data(folder=example.folder, name=name)
            continue
        is_met = all(_is_as_expected(each, is_revoked=is_revoked) for each in verdicts)
        _add(report, example, part=part, name=name, is_met=is_met)


def _compare_content(report: ConformanceReport, example: _Example, issuers: CardIssuers) -> None:
    """What the card holds, which is told of a revoked one too, against the files beside it."""
    card = next((read_signed_card(text, issuers=issuers) for text in example.texts("d")), None)
    values = None if card is None or isinstance(card, Refused) else card.claims.values
    bundle = None if values is None else values["vc"]["credentialSubject"]["fhirBundle"]
    expected = (("payload", "c", values), ("payload", "b", values), ("fhir_bundle", "a", bundle))
    for name, part, value in expected:
        path = example.file(part)
        if path is None or card is None:
            report.add_no_data(folder=example.folder, name=name)
        else:
            is_met = value is not None and value == _json(path)
            _add(report, example, part=part, name=name, is_met=is_met)


def _add(
    report: ConformanceReport, example: _Example, *, part: str, name: str, is_met: bool
) -> None:
    path = example.parts[part][0].relative_to(example.directory).as_posix()
    report.add(folder=example.folder, file=path, name=name, is_met=is_met)


def _verdict(text: str, issuers: CardIssuers) -> Verdict:
    return verify_smart_health_card(text, issuers=issuers, now=JUDGED_AT)


def _file(text: str, issuers: CardIssuers) -> tuple[Verdict, ...]:
    return verify_card_file(text, issuers=issuers, now=JUDGED_AT)


def _codes(texts: list[str], issuers: CardIssuers) -> tuple[Verdict, ...]:
    """The verdict on the card in the codes; none where the suite does not hold all of them."""
    match = _COUNT_OF_CODES.match(texts[0]) if texts else None
    if len(texts) < (1 if match is None else int(match[1])):
        return ()
    return (verify_card_codes(texts, issuers=issuers, now=JUDGED_AT),)


def _is_as_expected(verdict: Verdict, *, is_revoked: bool) -> bool:
    if is_revoked:
        return isinstance(verdict, Refused) and verdict.code is CertificateFault.REVOKED
    return isinstance(verdict, Verified)


def _is_revoked(example: _Example) -> bool:
    """By the published lists and the claims beside the card, read here without the verifier."""
    claims: Any = next((_json(path) for part in "cb" for path in example.parts.get(part, ())), None)
    if not isinstance(claims, dict) or "rid" not in claims.get("vc", {}):
        return False
    entries = [
        str(entry).partition(".")
        for path in sorted(example.directory.rglob(_LISTS))
        for entry in (_json(path) or {}).get("rids", ())
    ]
    return any(
        listed == claims["vc"]["rid"] and (not before or claims["nbf"] < float(before))
        for listed, _, before in entries
    )


def _json(path: Path) -> Any:
    """The file's value; None where it holds none."""
    try:
        return read_json(path.read_bytes())
    except ValueError:
        return None


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").strip()
