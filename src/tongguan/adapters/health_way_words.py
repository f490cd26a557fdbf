"""Ways to meet a requirement of health, each in a sentence; for pages and for reasons alike."""

from collections.abc import Iterable

from tongguan.adapters.reader import Reader
from tongguan.core.scheme.model import (
    DosesTaken,
    ExemptByAge,
    ExemptOnMedicalGround,
    NegativeTest,
    Phase,
    Recovered,
    Way,
)


def way_said(way: Way, reader: Reader) -> str:
    """What one must have or be, in the reader's words."""
    match way:
        case NegativeTest():
            return _test(way, reader)
        case DosesTaken():
            return _doses(way, reader)
        case Recovered():
            days = {"least": way.days_since_min, "most": way.days_since_max}
            return reader.words("rules.ways.recovery", **days)
        case ExemptOnMedicalGround():
            return reader.words("rules.ways.medical_ground", grounds=reader.joined(way.grounds))
        case ExemptByAge(years_below=int(years)):
            return reader.words("rules.ways.age_below", years=years)
        case ExemptByAge():
            return reader.words("rules.ways.age_min", years=way.years_min)


def ways_said(ways: Iterable[Way], reader: Reader) -> str:
    """Several ways in a row."""
    return reader.label("scheme.clauses").join(way_said(each, reader) for each in ways)


def ways_at(phase: Phase, path: str) -> tuple[Way, ...]:
    """The ways of a requirement of the phase, or the one of them, that a reason's path names."""
    match path.split("/"):
        case ["phases", phase_id, "health", "requirements", name, "ways", *number]:
            requirements = () if phase.health is None else phase.health.requirements
            found = (each for each in requirements if each.id == name and phase.id == phase_id)
            ways = tuple(way for each in found for way in each.ways)
            return tuple(
                way for index, way in enumerate(ways) if not number or number == [str(index)]
            )
    return ()


def _test(way: NegativeTest, reader: Reader) -> str:
    anchor = reader.words(f"scheme.values.age_anchor.{way.anchor}")
    if way.within_hours is not None:
        said = reader.words("rules.ways.test_hours", anchor=anchor, hours=way.within_hours)
    else:
        said = reader.words("rules.ways.test_days", anchor=anchor, days=way.within_days)
    if way.specimens is None:
        return said
    specimens = reader.joined(map(reader.specimen, way.specimens))
    return reader.words("rules.ways.test_specimens", way=said, specimens=specimens)


def _doses(way: DosesTaken, reader: Reader) -> str:
    said = reader.words("rules.ways.doses", doses=way.doses_min)
    if way.products is not None:
        products = reader.joined(way.products)
        said = reader.words("rules.ways.doses_products", way=said, products=products)
    days = {"least": way.days_since_min, "most": way.days_since_max}
    if way.days_since_max is not None:
        return reader.words("rules.ways.since", way=said, **days)
    if way.days_since_min:
        return reader.words("rules.ways.since_min", way=said, least=way.days_since_min)
    return said
