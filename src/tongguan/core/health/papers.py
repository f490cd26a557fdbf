"""Health papers other than tests as an officer reads them at a gate, and what they tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tongguan.core.health.requirements import Dose, HealthFacts, MedicalExemption, Recovery
from tongguan.core.health.tests import SampledTest


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class PresentedPapers:
    """Papers in this person's name, and their date of birth, as an officer read them.

    No signature stands behind them but the officer's word. They are judged and never kept.
    """

    doses: tuple[Dose, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    medical_exemptions: tuple[MedicalExemption, ...] = ()
    born_on: date | None = None
    read_by: str
    """The officer's account."""


def facts_of_papers(tests: Iterable[SampledTest], papers: PresentedPapers | None) -> HealthFacts:
    """What was shown, tests among it, as requirements are judged by it."""
    if papers is None:
        return HealthFacts(tests=tuple(tests))
    return HealthFacts(
        tests=tuple(tests),
        doses=papers.doses,
        recoveries=papers.recoveries,
        medical_exemptions=papers.medical_exemptions,
        born_on=papers.born_on,
    )


def papers_as_data(papers: PresentedPapers) -> dict[str, Any]:
    """The papers as plain JSON: what an officer's request and a written situation hold."""
    return {
        "doses": [
            {"number": each.number, "given_on": _day(each.given_on), "product": each.product}
            for each in papers.doses
        ],
        "recoveries": [
            {"first_positive_on": _day(each.first_positive_on)} for each in papers.recoveries
        ],
        "medical_exemptions": [
            {
                "ground": each.ground,
                "first_day": _day(each.first_day),
                "last_day": _day(each.last_day),
            }
            for each in papers.medical_exemptions
        ],
        "born_on": _day(papers.born_on),
        "read_by": papers.read_by,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
