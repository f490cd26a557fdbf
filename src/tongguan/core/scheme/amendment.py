"""An amendment becomes the complete text of a new version, which the ordinary reader reads.

Nobody signs an amendment: what is signed is the canonical text of the complete version. A fault of
the result is told at the line of the change that brought it about.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from tongguan.core.scheme.changing import Refusal, change_text
from tongguan.core.scheme.fault_texts_amendment import STANDS_IN_BASE
from tongguan.core.scheme.faults import Fault, FaultCode, Path, Position, Positions
from tongguan.core.scheme.language.amendments import AMENDMENT
from tongguan.core.scheme.language.forms import Node, built
from tongguan.core.scheme.language.reader import Reader
from tongguan.core.scheme.model import Version
from tongguan.core.scheme.model.amendment import Amendment
from tongguan.core.scheme.places import Place, name_of_item, place_of
from tongguan.core.scheme.reading import read_version, version_as_data
from tongguan.core.texts import Text

_IN_BASE: Final[Position] = (0, 0)
"""Where faults of the result stand that no line of the amendment's own says."""


def read_amendment(data: object, positions: Positions) -> Amendment | tuple[Fault, ...]:
    """The amendment that the data says, or its faults of form in the order of the file."""
    reader = Reader(data=data, positions=positions)
    parsed = Node(form=AMENDMENT).read(data, (), reader)
    for index, change in enumerate(_changes(data)):
        _check_clear(change, ("changes", index), reader)
    if reader.faults:
        return _in_file_order(reader.faults)
    return cast("Amendment", built(parsed))


def amended(
    amendment: Amendment, base: Version, data: object, positions: Positions
) -> Version | tuple[Fault, ...]:
    """The complete version that comes of an amendment to ``base``, or every fault of it.

    ``data`` and ``positions`` are those that ``amendment`` was read from.
    """
    reader = Reader(data=data, positions=positions)
    if amendment.number <= base.number:
        facts = {"value": str(amendment.number), "other": str(base.number)}
        reader.fault(FaultCode.VERSION_NOT_HIGHER, ("version",), **facts)
    text = _text_of(amendment, base, reader, len(amendment.changes))
    if reader.faults:
        return _in_file_order(reader.faults)
    read = read_version(text, _positions_of(amendment, base, text, positions))
    if isinstance(read, Version):
        return read
    return _in_file_order(_placed(read, amendment, base, reader))


def _changes(data: object) -> Sequence[object]:
    changes = data.get("changes") if isinstance(data, dict) else None
    return changes if isinstance(changes, list) else ()


def _check_clear(change: object, path: Path, reader: Reader) -> None:
    """Exactly one way of changing, with what belongs to it."""
    if not isinstance(change, dict):
        return
    ways = [key for key in ("set", "add", "remove") if change.get(key) is not None]
    belongs = {"set": "to", "add": "item"}
    wanted = {belongs[way] for way in ways if way in belongs}
    given = {key for key in ("to", "item") if key in change}
    if len(ways) != 1:
        detail = " + ".join(ways) or "set? add? remove?"
        reader.fault(FaultCode.CHANGE_UNCLEAR, path, detail=detail)
    elif wanted != given:
        detail = f"{ways[0]}: {', '.join(sorted(wanted ^ given))}?"
        reader.fault(FaultCode.CHANGE_UNCLEAR, path, detail=detail)


def _text_of(amendment: Amendment, base: Version, reader: Reader, count: int) -> dict[str, Any]:
    """The complete plain data after the first ``count`` changes; refusals go to the reader."""
    text: dict[str, Any] = copy.deepcopy(version_as_data(base))
    head = Node(form=AMENDMENT).write(amendment)
    own = cast("dict[str, Any]", head)
    text |= {"id": own["id"], "version": own["version"], "follows": own["amends"]}
    text["summary"] = own["summary"]
    for key in ("sources", "claims"):
        text[key].extend(own[key])
    for index, change in enumerate(amendment.changes[:count]):
        refused = change_text(text, change)
        if isinstance(refused, Refusal):
            path = ("changes", index, refused.key)
            reader.fault(refused.code, path, **refused.facts)
    return text


def _positions_of(
    amendment: Amendment, base: Version, text: Mapping[str, object], positions: Positions
) -> dict[Path, Position]:
    """Where in the amendment each node of the result stands that it brought."""
    found: dict[Path, Position] = {(): _IN_BASE}
    for key, own in (("id", "id"), ("version", "version"), ("follows", "amends")):
        found |= _moved(positions, (own,), (key,))
    found |= _moved(positions, ("summary",), ("summary",))
    for key, before in (("sources", len(base.sources)), ("claims", len(base.claims))):
        for path, position in positions.items():
            if len(path) > 1 and path[0] == key and isinstance(path[1], int):
                found[(key, before + path[1], *path[2:])] = position
    for index, change in enumerate(amendment.changes):
        names = (change.set or change.add or change.remove or "").split("/")
        place = place_of(text, names)
        if isinstance(place, Place):
            at = ("changes", index)
            index_of_item = _index_of(change.item, place) if change.add is not None else None
            found |= _of_change(positions, at, place, index_of_item)
    return found


def _of_change(
    positions: Positions, at: Path, place: Place, index_of_item: int | None
) -> dict[Path, Position]:
    found: dict[Path, Position] = {}
    if place.clause is not None:
        for key in ("claims", "assumed", "set_aside"):
            if (*at, key) in positions:
                found[(*place.clause, key)] = positions[*at, key]
    if index_of_item is None:
        return found | _moved(positions, (*at, "to"), place.path)
    return found | _moved(positions, (*at, "item"), (*place.path, index_of_item))


def _index_of(item: object, place: Place) -> int:
    """Where in the list an added item stands after every change; others may stand behind it."""
    items = place.value if isinstance(place.value, list) else []
    name = name_of_item(item, len(items) - 1)
    alike = [index for index, each in enumerate(items) if name_of_item(each, index) == name]
    return alike[-1] if alike else len(items) - 1


def _moved(positions: Positions, old: Path, new: Path) -> dict[Path, Position]:
    return {
        (*new, *path[len(old) :]): position
        for path, position in positions.items()
        if path[: len(old)] == old
    }


def _placed(
    faults: tuple[Fault, ...], amendment: Amendment, base: Version, reader: Reader
) -> list[Fault]:
    """The faults, those in the text of the base at the change that brought them about."""
    placed = [fault for fault in faults if fault.line]
    elsewhere = [fault for fault in faults if not fault.line]
    before = _faults_after(amendment, base, 0)
    for index in range(len(amendment.changes)):
        after = _faults_after(amendment, base, index + 1) if elsewhere else frozenset()
        line, column = reader.positions.get(("changes", index), (1, 1))
        brought = [f for f in elsewhere if _key(f) in after and _key(f) not in before]
        placed.extend(_in_base(fault, base, line, column) for fault in brought)
        before = after
    told = {_key(fault) for fault in placed}
    placed.extend(_in_base(fault, base, 1, 1) for fault in elsewhere if _key(fault) not in told)
    return placed


def _faults_after(amendment: Amendment, base: Version, count: int) -> frozenset[tuple[str, str]]:
    text = _text_of(amendment, base, Reader(data=None, positions={}), count)
    read = read_version(text, {})
    return frozenset() if isinstance(read, Version) else frozenset(_key(each) for each in read)


def _key(fault: Fault) -> tuple[str, str]:
    return (fault.code.value, fault.path)


def _in_base(fault: Fault, base: Version, line: int, column: int) -> Fault:
    said, added = fault.message, STANDS_IN_BASE
    message = Text(
        zh_hant=said.zh_hant + added.zh_hant.format(base=base.id),
        zh_hans=said.zh_hans + added.zh_hans.format(base=base.id),
        en=said.en + added.en.format(base=base.id),
    )
    return replace(fault, line=line, column=column, message=message)


def _in_file_order(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    return tuple(
        sorted(set(faults), key=lambda each: (each.line, each.column, each.path, each.code))
    )
