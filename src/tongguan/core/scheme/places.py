"""Where in a text a path of names leads: down the forms, list items by their ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tongguan.core.scheme.faults import Path
from tongguan.core.scheme.language.containers import Counts, ListOf, MapOf, Nullable
from tongguan.core.scheme.language.forms import Form, Node
from tongguan.core.scheme.language.reader import Kind, identity_of, shown
from tongguan.core.scheme.language.scalars import Characters, ThreeLanguages, Words
from tongguan.core.scheme.language.versions import VERSION
from tongguan.core.scheme.model import QUOTA_DIMENSIONS
from tongguan.core.texts import Language


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A place of a text: a key of a mapping, or an item of a list."""

    path: Path
    kind: Kind
    """What may stand there, null aside."""
    value: object
    """What stands there in the plain data; ``None`` also where a free name is not there yet."""
    clause: Path | None
    """The nearest mapping around it that is a clause."""
    is_item: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Nowhere:
    """A path that leads nowhere: how far it is right, and what stands below that."""

    right: tuple[str, ...]
    known: tuple[str, ...]


def without_null(kind: Kind) -> Kind:
    """The kind of what stands there when something does."""
    return kind.of if isinstance(kind, Nullable) else kind


def is_clause(kind: Kind) -> bool:
    """Whether such a value carries a basis of its own."""
    return isinstance(kind, Node) and kind.form.clause


def name_of_item(item: object, index: int) -> str:
    """What a path calls an item of a list: its id or code, its value, or its number."""
    identity = identity_of(item)
    if identity is not None:
        return identity
    if isinstance(item, str):
        return item
    return shown(item) if isinstance(item, int) else str(index)


def names_of_items(items: Sequence[object]) -> tuple[str, ...]:
    """What a path calls each item of a list; those called like one before also by their first day.

    So a division may be denied again, on other days: ``440305``, then ``440305-2022-03-01``.
    """
    names: list[str] = []
    for index, item in enumerate(items):
        name = name_of_item(item, index)
        if name in names:
            first = item.get("first") if isinstance(item, dict) else None
            name = f"{name}-{first if isinstance(first, str) else index}"
        names.append(name if name not in names else f"{name}-{index}")
    return tuple(names)


def place_of(text: Mapping[str, object], names: Sequence[str]) -> Place | Nowhere:
    """The place that a path names in the plain data of a version."""
    place = Place(path=(), kind=Node(form=VERSION), value=text, clause=None, is_item=False)
    for depth, name in enumerate(names):
        below = _below(place)
        if name not in below:
            return Nowhere(right=tuple(names[:depth]), known=tuple(below))
        place = below[name]
    return place


def _below(place: Place) -> dict[str, Place]:
    kind, value = place.kind, place.value
    match kind:
        case Node(form=form) if isinstance(value, dict):
            clause = place.path if form.clause else place.clause
            return _keys(place, form, value, clause)
        case ListOf(of=of) if isinstance(value, list):
            return {
                name: _child(place, index, of, value[index], is_item=True)
                for index, name in enumerate(names_of_items(value))
            }
        case MapOf(of=of) if isinstance(value, dict):
            return {name: _child(place, name, of, item) for name, item in value.items()}
        case Counts() if isinstance(value, dict):
            of = Nullable(of=Characters(pattern=".*", hint=""))
            return {name: _child(place, name, of, value.get(name)) for name in QUOTA_DIMENSIONS}
        case ThreeLanguages() if isinstance(value, dict):
            return {
                each.value: _child(place, each.value, Words(), value.get(each.value))
                for each in Language
            }
        case _:
            return {}


def _keys(
    place: Place, form: Form, value: Mapping[str, object], clause: Path | None
) -> dict[str, Place]:
    return {
        key.key: Place(
            path=(*place.path, key.key),
            kind=without_null(key.kind),
            value=value.get(key.key, key.plain_default),
            clause=clause,
            is_item=False,
        )
        for key in form.all_keys
    }


def _child(
    place: Place, step: str | int, kind: Kind, value: object, *, is_item: bool = False
) -> Place:
    return Place(
        path=(*place.path, step),
        kind=without_null(kind),
        value=value,
        clause=place.clause,
        is_item=is_item,
    )
