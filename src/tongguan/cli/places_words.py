"""Differences between records of places, in words and as data; a person is never shown."""

from collections.abc import Iterator

from tongguan.adapters.words import words
from tongguan.app.places_check_port import Difference
from tongguan.cli.speech import say, spoken_language
from tongguan.core.quota.windows import OPEN_PART, PERSON_DIMENSION, WindowKey


def difference_in_words(difference: Difference) -> Iterator[str]:
    """What differs in which window or journey, and whether it can be put right."""
    facts: dict[str, object] = {
        "scheme": difference.scheme,
        "journey": difference.journey or "",
        "window": "",
        "says": difference.says,
        "should": difference.should,
        **difference.facts,
    }
    if difference.window is not None:
        facts["window"] = _window_in_words(difference.window, difference.days)
    yield "• " + say(f"places.kinds.{difference.kind.value}", **facts)
    yield "  " + say("places.repairable" if difference.is_repairable else "places.not_repairable")


def difference_as_data(difference: Difference) -> dict[str, object]:
    """The difference for ``--json``."""
    window = None
    if difference.window is not None:
        _, week, quota, starts, dimensions = difference.window
        window = {
            "week": week.isoformat(),
            "quota": quota,
            "starts": starts.isoformat(),
            "days": difference.days,
            "dimensions": {
                name: None if name == PERSON_DIMENSION else value for name, value in dimensions
            },
        }
    return {
        "kind": difference.kind.value,
        "is_repairable": difference.is_repairable,
        "scheme": difference.scheme,
        "window": window,
        "journey": difference.journey,
        "says": difference.says,
        "should": difference.should,
        "facts": dict(difference.facts),
    }


def _window_in_words(key: WindowKey, days: int | None) -> str:
    scheme, _, quota, starts, dimensions = key
    joined = words("scheme.joined", spoken_language())
    shown = joined.join(_dimension(name, value) for name, value in dimensions)
    when = {1: "day", 7: "week", None: "from"}[days]
    return say(
        f"places.window.{when}" if shown else f"places.window.{when}_of_all",
        scheme=scheme,
        quota=quota,
        starts=starts.isoformat(),
        dimensions=shown,
    )


def _dimension(name: str, value: str) -> str:
    if (name, value) == OPEN_PART:
        return say("places.window.open_part")
    if name == PERSON_DIMENSION:
        return say("places.window.one_person")
    return f"{words(f'scheme.dimensions.{name}', spoken_language())} {value}"
