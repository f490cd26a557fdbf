"""Looking through what was read: every check takes what could be read and passes over the rest."""

from collections.abc import Iterator

from tongguan.core.scheme.faults import FaultCode, Path
from tongguan.core.scheme.language.forms import Form, Parsed
from tongguan.core.scheme.language.reader import WRONG, Reader


def nodes(parent: Parsed | None, key: str) -> tuple[Parsed, ...]:
    """The mappings in a list, those that could be read."""
    items = parent.values.get(key) if parent is not None else None
    return tuple(i for i in items if isinstance(i, Parsed)) if isinstance(items, tuple) else ()


def node(parent: Parsed, key: str) -> Parsed | None:
    """The mapping at a key, when it could be read."""
    value = parent.values.get(key)
    return value if isinstance(value, Parsed) else None


def strings(parent: Parsed | None, key: str) -> tuple[tuple[Path, str], ...]:
    """The strings in a list, each with its path; members of enumerations are none."""
    items = parent.values.get(key) if parent is not None else None
    if parent is None or not isinstance(items, tuple):
        return ()
    return tuple(
        ((*parent.path, key, index), item) for index, item in enumerate(items) if type(item) is str
    )


def string(parent: Parsed, key: str) -> str | None:
    """The string at a key, when it could be read."""
    value = parent.values.get(key)
    return value if isinstance(value, str) else None


def number(parent: Parsed, key: str) -> int | None:
    """The whole number at a key, when it is stated and could be read."""
    value = parent.values.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def mapping(parent: Parsed, key: str) -> dict[str, object]:
    """The mapping with free names at a key, empty when it could not be read."""
    value = parent.values.get(key)
    return value if isinstance(value, dict) else {}


def ids(items: tuple[Parsed, ...]) -> tuple[str, ...]:
    """The ids of mappings, those that could be read."""
    return tuple(identifier for item in items if (identifier := string(item, "id")) is not None)


def name_of(item: Parsed) -> str:
    """The id of a mapping as a fault names it."""
    return string(item, "id") or "—"


def listed(names: tuple[str, ...]) -> str:
    """Names as a remedy offers them, not too many."""
    return ", ".join(sorted(set(names))[:12]) or "—"


def walk(value: object, *forms: Form) -> Iterator[Parsed]:
    """Every mapping within, of the forms named or of any."""
    if isinstance(value, Parsed):
        if not forms or any(value.form is form for form in forms):
            yield value
        for item in value.values.values():
            yield from walk(item, *forms)
    elif isinstance(value, tuple):
        for item in value:
            yield from walk(item, *forms)


def expect(
    name: str | None, known: tuple[str, ...], path: Path, code: FaultCode, reader: Reader
) -> None:
    """Reports a name that is not among those known."""
    if name is not None and name not in known:
        reader.fault(code, path, value=name, allowed=listed(known))


def expect_all(
    item: Parsed, key: str, known: tuple[str, ...], code: FaultCode, reader: Reader
) -> None:
    """Reports every name of a list that is not among those known."""
    for path, name in strings(item, key):
        expect(name, known, path, code, reader)


def control_points(phase: Parsed) -> tuple[Parsed, ...]:
    """The control points of a phase."""
    return nodes(node(phase, "entry"), "control_points")


def slots(phase: Parsed) -> tuple[Parsed, ...]:
    """The slots of all directions of a phase."""
    return tuple(
        slot for direction in nodes(phase, "directions") for slot in nodes(direction, "slots")
    )


def stated(item: Parsed, *keys: str) -> tuple[str, ...] | None:
    """The keys that hold a value, or ``None`` when one of them could not be read."""
    values = [item.values.get(key) for key in keys]
    if any(value is WRONG for value in values):
        return None
    return tuple(key for key, value in zip(keys, values, strict=True) if value is not None)
