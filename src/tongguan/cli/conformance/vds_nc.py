"""ICAO's visible digital seals, as libraries that read them publish theirs: one in each file.

The suite has no keys, so a valid seal is one that the certificate inside it signed. The name of a
file says what it holds.
"""

import re
from enum import StrEnum
from pathlib import Path

from tongguan.cli.conformance.report import ConformanceReport
from tongguan.core.certificates.vds_nc import Sound, check_integrity
from tongguan.core.certificates.verdict import CertificateFault, Refused

SUITE = "vds-nc"
_SUFFIXES = frozenset({".json", ".txt"})
_NO_SEAL = frozenset({CertificateFault.UNKNOWN_FORMAT, CertificateFault.UNREADABLE_ENVELOPE})


class _Expectation(StrEnum):
    """What a file must be found to be; a field of the report each."""

    VALID = "valid"
    TAMPERED = "tampered"
    NOT_A_SEAL = "not_a_seal"


def run_vds_nc(directory: Path) -> ConformanceReport:
    """What comes of each seal below the directory."""
    report = ConformanceReport(suite=SUITE)
    for path in sorted(directory.rglob("*")):
        if path.suffix.lower() not in _SUFFIXES or not path.is_file():
            continue
        below = path.relative_to(directory)
        expected = _expected(path.stem)
        # What is not UTF-8 reads as another character, so that no signature holds over it.
        found = check_integrity(path.read_bytes().decode("utf-8", "replace"))
        report.add(
            folder=below.parent.as_posix(),
            file=below.as_posix(),
            name=expected.value,
            is_met=_is_met(expected, found),
        )
    return report


def _expected(name: str) -> _Expectation:
    """By the words in the name, whatever stands between them."""
    joined = re.sub(r"[^a-z0-9]", "", name.lower())
    if "nonvds" in joined or "notvds" in joined or "notaseal" in joined:
        return _Expectation.NOT_A_SEAL
    if "invalid" in joined or "tampered" in joined:
        return _Expectation.TAMPERED
    return _Expectation.VALID


def _is_met(expected: _Expectation, found: Sound | Refused) -> bool:
    match expected:
        case _Expectation.VALID:
            return isinstance(found, Sound)
        case _Expectation.TAMPERED:
            return isinstance(found, Refused)
        case _Expectation.NOT_A_SEAL:
            return isinstance(found, Refused) and found.code in _NO_SEAL
