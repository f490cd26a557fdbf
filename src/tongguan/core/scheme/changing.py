"""One change of an amendment, made in the plain data of a version."""

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tongguan.core.scheme.faults import FaultCode, Path
from tongguan.core.scheme.language.containers import ListOf
from tongguan.core.scheme.language.forms import BASIS_KEYS, NAMING_KEYS
from tongguan.core.scheme.language.reader import identity_of, shown
from tongguan.core.scheme.language.scalars import ThreeLanguages
from tongguan.core.scheme.model.amendment import TextChange
from tongguan.core.scheme.places import (
    Nowhere,
    Place,
    is_clause,
    name_of_item,
    place_of,
    without_null,
)

_TOP_NAMES: Final = frozenset({"id", "scheme", "version", "follows"})
_ITEM_NAMES: Final = ("id", "issuer", "party", "code")
_BASIS: Final = frozenset(key.key for key in BASIS_KEYS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Why a change cannot be made, and at which of its keys that stands."""

    code: FaultCode
    key: str
    facts: Mapping[str, str]


def change_text(text: dict[str, Any], change: TextChange) -> Refusal | None:
    """Makes the change in ``text``; where it cannot be made, nothing changes."""
    way = "set" if change.set is not None else "add" if change.add is not None else "remove"
    written = getattr(change, way)
    place = place_of(text, written.split("/"))
    if isinstance(place, Nowhere):
        return _unknown(way, written, place)
    make = {"set": _set, "add": _add, "remove": _remove}[way]
    return make(text, change, place)


def _unknown(way: str, written: str, nowhere: Nowhere) -> Refusal:
    known, allowed = "/".join(nowhere.right) or "—", ", ".join(nowhere.known[:30]) or "—"
    if way == "remove" and nowhere.right and len(nowhere.right) == written.count("/"):
        facts = {"value": written, "allowed": allowed}
        return Refusal(code=FaultCode.CHANGE_REMOVES_NOTHING, key=way, facts=facts)
    facts = {"value": written, "known": known, "allowed": allowed}
    return Refusal(code=FaultCode.CHANGE_PLACE_UNKNOWN, key=way, facts=facts)


def _set(text: dict[str, Any], change: TextChange, place: Place) -> Refusal | None:
    if _is_name(text, place) or _renames(place, change.to):
        facts = {"value": change.set or ""}
        return Refusal(code=FaultCode.CHANGE_OF_ID, key="set", facts=facts)
    value = copy.deepcopy(change.to)
    refused = _refused_reason("set", change, place, value, place.kind)
    if refused is not None:
        return refused
    holder: Any = _at(text, place.path[:-1])
    holder[place.path[-1]] = value
    _rest(text, change, place.path, value if is_clause(place.kind) else None, place.clause)
    return None


def _add(text: dict[str, Any], change: TextChange, place: Place) -> Refusal | None:
    if not isinstance(place.kind, ListOf) or isinstance(place.value, dict):
        facts = {"detail": f"add: {change.add}?"}
        return Refusal(code=FaultCode.CHANGE_UNCLEAR, key="add", facts=facts)
    items = list(place.value) if isinstance(place.value, list) else []
    item = copy.deepcopy(change.item)
    name = name_of_item(item, len(items))
    alike = [each for index, each in enumerate(items) if name_of_item(each, index) == name]
    if not all(_is_of_other_days(item, each) for each in alike):
        facts = {"value": shown(name)}
        return Refusal(code=FaultCode.CHANGE_ITEM_EXISTS, key="item", facts=facts)
    kind = without_null(place.kind.of)
    refused = _refused_reason("add", change, place, item, kind)
    if refused is not None:
        return refused
    holder: Any = _at(text, place.path[:-1])
    holder[place.path[-1]] = [*items, item]
    _rest(text, change, place.path, item if is_clause(kind) else None, place.clause)
    return None


def _remove(text: dict[str, Any], change: TextChange, place: Place) -> Refusal | None:
    if not place.is_item:
        facts = {"value": change.remove or "", "allowed": "—"}
        return Refusal(code=FaultCode.CHANGE_REMOVES_NOTHING, key="remove", facts=facts)
    refused = _refused_reason("remove", change, place, None, ThreeLanguages())
    if refused is not None:
        return refused
    items: Any = _at(text, place.path[:-1])
    del items[place.path[-1]]
    _rest(text, change, place.path[:-1], None, place.clause)
    return None


def _is_name(text: Mapping[str, Any], place: Place) -> bool:
    last = place.path[-1]
    if len(place.path) == 1:
        return last in _TOP_NAMES
    if len(place.path) < 2 or not isinstance(place.path[-2], int):
        return False
    # Of several such keys only the first that an item has is its name.
    holder: Any = _at(text, place.path[:-1])
    first = next((key for key in _ITEM_NAMES if isinstance(holder, dict) and key in holder), None)
    return last == first and identity_of(holder) is not None


def _is_of_other_days(item: object, alike: object) -> bool:
    """Whether two denials of one code are told apart by their first days."""
    if not (isinstance(item, dict) and isinstance(alike, dict)):
        return False
    by_code = "code" in item and identity_of(item) == item["code"]
    return by_code and item.get("first") != alike.get("first")


def _renames(place: Place, value: object) -> bool:
    """Whether a whole item would be another one: it is removed and the other added instead."""
    last = place.path[-1]
    if not isinstance(last, int) or identity_of(place.value) is None:
        return False
    return name_of_item(value, last) != name_of_item(place.value, last)


def _refused_reason(
    way: str, change: TextChange, place: Place, value: object, kind: object
) -> Refusal | None:
    """A change in a clause says why; a clause that comes in says it itself."""
    comes_with_its_own = is_clause(kind) and isinstance(value, dict)  # type: ignore[arg-type]
    if comes_with_its_own and change.assumed is not None:
        key = "to" if way == "set" else "item"
        return Refusal(code=FaultCode.CHANGE_ASSUMED_OUTSIDE, key="assumed", facts={"key": key})
    named = place.path[len(place.clause)] if place.clause is not None else None
    if comes_with_its_own or named is None or named in NAMING_KEYS:
        return None
    if change.claims or change.assumed is not None:
        return None
    facts = {"value": getattr(change, way)}
    return Refusal(code=FaultCode.CHANGE_WITHOUT_REASON, key=way, facts=facts)


def _rest(
    text: dict[str, Any], change: TextChange, path: Path, item: object, around: Path | None
) -> None:
    """Lets the clause that changed rest on what the change rests on."""
    if isinstance(item, dict):
        _cite(item, change)
        return
    if around is None or path[len(around)] in _BASIS:
        return
    clause: Any = _at(text, around)
    _cite(clause, change)
    field = _field(path[len(around) :])
    assumed = _mapping(clause.get("assumed"))
    stated = _at(text, path)
    if change.assumed is not None and stated is not None:
        assumed[field] = ThreeLanguages().write(change.assumed)
    elif (change.set is not None and change.claims) or stated is None:
        assumed = {
            name: reason
            for name, reason in assumed.items()
            if name != field and not name.startswith(f"{field}.")
        }
    clause["assumed"] = assumed


def _cite(clause: dict[str, Any], change: TextChange) -> None:
    """A claim is followed or set aside, never both; what is malformed is left for the reader."""
    if not all(isinstance(clause.get(key, []), list) for key in ("claims", "set_aside")):
        return
    # A list, for what stands in a clause may be anything until it is read.
    aside = [each.claim for each in change.set_aside]
    cited = [name for name in clause.get("claims", []) if name not in aside]
    clause["claims"] = [*cited, *(name for name in change.claims if name not in cited)]
    rivals = [
        each
        for each in clause.get("set_aside", [])
        if not isinstance(each, dict)
        or (each.get("claim") not in aside and each.get("claim") not in change.claims)
    ]
    clause["set_aside"] = [
        *rivals,
        *(
            {"claim": each.claim, "because": ThreeLanguages().write(each.because)}
            for each in change.set_aside
        ),
    ]


def _mapping(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def _field(path: Path) -> str:
    """The name of a place in ``assumed``: the keys down to it, as far as they are keys of forms."""
    names: list[str] = []
    for step in path:
        if not isinstance(step, str) or re.fullmatch(r"[a-z_]+", step) is None:
            break
        names.append(step)
    return ".".join(names)


def _at(text: object, path: Path) -> object:
    for step in path:
        if isinstance(text, dict):
            text = text.get(step)
        elif isinstance(text, list) and isinstance(step, int):
            text = text[step]
        else:
            return None
    return text
