"""Hypothesis draws what an officer may read at a gate: tests, doses, recoveries, ages, and more."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.builders.gate import paper, papers
from tests.builders.gate_cases_requirements import dose, exempted
from tongguan.core.health.requirements import Recovery

sometimes = st.sampled_from


def mostly(value: Any, *others: Any) -> st.SearchStrategy[Any]:
    """The value in order three times of four, so that admissions are met as well."""
    return st.sampled_from([value] * 3 * len(others) + list(others))


tests = st.builds(
    paper,
    mostly("12T20:00", "11T11:00", "13T16:00"),
    mostly(None, "13T16:00", "14T10:00"),
    specimen=mostly("nasal-swab", "saliva"),
)

days = sometimes(
    [
        date(2021, 3, 18),
        date(2021, 6, 16),
        *(date(2021, 11, 29) + timedelta(days=n) for n in (0, 3, 14, 15)),
    ]
)
shown_papers = st.builds(
    papers,
    doses=st.lists(
        st.builds(dose, days, sometimes([1, 2, 3]), mostly("coronavac", "sputnik")), max_size=2
    ).map(tuple),
    recoveries=st.lists(st.builds(Recovery, first_positive_on=days), max_size=1).map(tuple),
    medical_exemptions=st.lists(
        st.builds(
            exempted,
            sometimes([None, date(2021, 12, 12), date(2021, 12, 13)]),
            mostly("allergy", "other"),
        ),
        max_size=1,
    ).map(tuple),
    born_on=sometimes(
        [None, date(1980, 2, 29), *(date(y, 12, d) for y in (1951, 2018, 2021) for d in (13, 14))]
    ),
)
