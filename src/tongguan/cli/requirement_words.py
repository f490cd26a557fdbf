"""What typed requirements find in a certificate: as data for programs, in words for people.

By which way a requirement was met is not said: whoever is exempt has met it like anyone else.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tongguan.adapters.words import words
from tongguan.core.certificates.verdict import CertificateKind, Verified
from tongguan.core.health.dcc_facts import facts_of_eu_dcc
from tongguan.core.health.requirement_text import WrittenRequirements, way_name
from tongguan.core.health.requirements import (
    RequirementFinding,
    RequirementMet,
    RequirementNotMet,
    judge_requirements,
)
from tongguan.core.texts import Language


def find(
    written: WrittenRequirements, verdict: Verified, now: datetime
) -> tuple[RequirementFinding, ...]:
    """A finding for each requirement; nothing of a format from which no facts are read."""
    if verdict.kind is not CertificateKind.EU_DCC:
        return ()
    facts = facts_of_eu_dcc(verdict.claims)
    return judge_requirements(written.requirements, facts, judged=now, now=now, zone=written.zone)


def finding_as_data(finding: RequirementFinding, zone: str) -> dict[str, Any]:
    """A finding as JSON has it."""
    if isinstance(finding, RequirementMet):
        until = _local(finding.until, zone)
        return {"id": finding.requirement_id, "met": True, "until": until}
    return {
        "id": finding.requirement_id,
        "met": False,
        "met_from": _local(finding.met_from, zone),
        "faults": [{"way": way_name(way), "fault": fault.value} for way, fault in finding.faults],
    }


def finding_in_words(finding: RequirementFinding, zone: str, language: Language) -> list[str]:
    """A line that says whether it is met, and one for each way that is not open."""
    name = finding.requirement_id
    if isinstance(finding, RequirementMet):
        until = _local(finding.until, zone)
        if until is None:
            return [words("requirements.met", language, requirement=name)]
        return [words("requirements.met_until", language, requirement=name, until=until)]
    return [_not_met(finding, zone, language), *_faults(finding, language)]


def _not_met(finding: RequirementNotMet, zone: str, language: Language) -> str:
    at = _local(finding.met_from, zone)
    if at is None:
        return words("requirements.not_met", language, requirement=finding.requirement_id)
    return words("requirements.met_from", language, requirement=finding.requirement_id, at=at)


def _faults(finding: RequirementNotMet, language: Language) -> list[str]:
    return [
        words(
            "requirements.line",
            language,
            way=words(f"requirements.ways.{way_name(way)}", language),
            why=words(f"requirements.faults.{fault.value}", language),
        )
        for way, fault in finding.faults
    ]


def _local(instant: datetime | None, zone: str) -> str | None:
    if instant is None:
        return None
    return instant.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
