"""Measures and criteria in words and as data, each with the numbers."""

from fractions import Fraction

from tongguan.app.figures import CriterionState
from tongguan.cli.speech import say, spoken_language
from tongguan.core.scheme.measures import Evaluation, Reading
from tongguan.core.scheme.model import Measure


def criterion_in_words(state: CriterionState) -> str:
    """The criterion, whether it is met, and the number of each authority."""
    return say(
        "criteria.line",
        name=state.criterion.name.in_language(spoken_language()),
        state=say(f"criteria.states.{state.found.state.value}"),
        measure=measure_in_words(state.found.measure),
        day=state.found.day,
        numbers=numbers_in_words(state.found),
    )


def measure_in_words(measure: Measure) -> str:
    """What is asked, such as ``mean of imported-cases over 7 days at most 5``."""
    bounds = [
        say(f"criteria.{bound}", number=number)
        for bound, number in (("at_most", measure.at_most), ("at_least", measure.at_least))
        if number is not None
    ]
    return say(
        "criteria.measure",
        statistic=say(f"criteria.statistics.{measure.statistic.value}"),
        metric=measure.metric,
        days=measure.days,
        bounds=" ".join(bounds),
    )


def numbers_in_words(found: Evaluation) -> str:
    """The number of each authority, or how many days of figures are missing."""
    return "; ".join(_reading_in_words(each) for each in found.readings)


def _reading_in_words(reading: Reading) -> str:
    if reading.number is None:
        missing = sum(value is None for value in reading.values)
        number = say("criteria.missing", missing=missing, days=len(reading.values))
    else:
        number = shown_number(reading.number)
    return f"{reading.authority} {number}"


def shown_number(number: Fraction) -> str:
    """A whole number as it is; a mean to two places, with the fraction that was compared."""
    if number.denominator == 1:
        return str(number.numerator)
    return f"{float(number):.2f} ({number.numerator}/{number.denominator})"


def criterion_as_data(state: CriterionState) -> dict[str, object]:
    """The criterion for ``--json``."""
    return {"id": state.criterion.id, "met": state.is_met, **evaluation_as_data(state.found)}


def evaluation_as_data(found: Evaluation) -> dict[str, object]:
    """A measure asked for a day, for ``--json``; a mean as a fraction, exactly."""
    measure = found.measure
    return {
        "state": found.state.value,
        "day": found.day.isoformat(),
        "metric": measure.metric,
        "statistic": measure.statistic.value,
        "days": measure.days,
        "at_most": measure.at_most,
        "at_least": measure.at_least,
        "authorities": [
            {
                "authority": each.authority,
                "state": each.state.value,
                "values": list(each.values),
                "number": None if each.number is None else str(each.number),
            }
            for each in found.readings
        ],
    }
