"""YAML 1.2 as plain data with the place of every node; nothing in it is resolved or executed."""

import re
from dataclasses import dataclass, field
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from tongguan.core.scheme.faults import Fault, FaultCode, Position
from tongguan.core.scheme.faults import Path as NodePath
from tongguan.core.scheme.language.reader import Reader, shown

SIZE_BYTES_MAX: Final = 1_000_000
DEPTH_MAX: Final = 24


@dataclass(kw_only=True, slots=True)
class ParsedYaml:
    """Plain data, where each node stands, and what is wrong with the YAML itself."""

    data: object = None
    positions: dict[NodePath, Position] = field(default_factory=dict)
    noted: list[tuple[FaultCode, NodePath, Position, dict[str, str]]] = field(default_factory=list)
    stopped: bool = False
    """Whether the text could not be read to its end."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong, each named by the ids around it, which may come after it in the file."""
        return tuple(self._fault(*noted) for noted in self.noted)

    def _fault(
        self, code: FaultCode, path: NodePath, position: Position, facts: dict[str, str]
    ) -> Fault:
        reader = Reader(data=self.data, positions={path: position})
        reader.fault(code, path, **facts)
        return reader.faults[0]


def parse_yaml(text: bytes) -> ParsedYaml:
    """YAML as plain data; anchors, aliases, tags, fractions and duplicate keys are faults."""
    parsed = ParsedYaml()
    builder = _Builder(parsed)
    if len(text) > SIZE_BYTES_MAX:
        builder.stop(FaultCode.TOO_LARGE, (1, 1), maximum=str(SIZE_BYTES_MAX))
        return parsed
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        builder.stop(FaultCode.ENCODING_WRONG, (line, 1))
        return parsed
    try:
        for event in YAML(typ="safe", pure=True).parse(decoded):
            builder.take(event)
            if parsed.stopped:
                break
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        builder.stop(FaultCode.NOT_YAML, position, detail=shown(error.problem or "—"))
    except (YAMLError, ValueError, IndexError) as error:
        # The scanner has unmarked errors of its own, such as for control characters.
        builder.stop(FaultCode.NOT_YAML, (1, 1), detail=shown(str(error)))
    return parsed


_INTEGER = re.compile(r"[-+]?[0-9]+")
_OTHER_NUMBER = re.compile(
    r"0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_DATE_OR_TIME = re.compile(r"[0-9]{1,4}(?:[-:][0-9]{1,2}){1,2}(?:[Tt ].*)?")
_CODE_WITH_ZERO = re.compile(r"[-+]?0[0-9]+")
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")
}


@dataclass(slots=True)
class _Level:
    """A mapping or list that is being filled."""

    path: NodePath
    content: dict[str, object] | list[object]
    key: str | None = None
    """In a mapping: the key whose value comes next."""
    ignored: bool = False
    """Whether the content is dropped, because its key stood before."""


class _Builder:
    """Builds plain data from events, without recursion and without resolving anything."""

    def __init__(self, parsed: ParsedYaml) -> None:
        self._parsed = parsed
        self._levels: list[_Level] = []
        self._documents = 0

    def stop(self, code: FaultCode, position: Position, **facts: str) -> None:
        """Reports a fault after which nothing more is read."""
        self._fault(code, (), position, **facts)
        self._parsed.stopped = True

    def _fault(self, code: FaultCode, path: NodePath, position: Position, **facts: str) -> None:
        self._parsed.noted.append((code, path, position, facts))

    def take(self, event: Event) -> None:
        """Takes the next event."""
        position = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self.stop(FaultCode.DOCUMENTS_SEVERAL, position)
        elif isinstance(event, AliasEvent):
            self.stop(FaultCode.ANCHOR_REFUSED, position, value=shown(f"*{event.anchor}"))
        elif isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent):
            self._take_node(event, position)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._levels.pop()

    def _take_node(
        self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent, position: Position
    ) -> None:
        path = self._path()
        if event.anchor is not None:
            name = shown(f"&{event.anchor}")
            self._fault(FaultCode.ANCHOR_REFUSED, path, position, value=name)
        if event.tag is not None:
            self._fault(FaultCode.TAG_REFUSED, path, position, value=shown(str(event.tag)))
        if self._awaits_key():
            self._take_key(event, position)
        elif isinstance(event, ScalarEvent):
            self._put(self._scalar(event, path, position), path, position)
        elif len(self._levels) >= DEPTH_MAX:
            self.stop(FaultCode.NESTED_TOO_DEEP, position, maximum=str(DEPTH_MAX))
        else:
            content: dict[str, object] | list[object]
            content = {} if isinstance(event, MappingStartEvent) else []
            self._put(content, path, position)
            self._levels.append(_Level(path, content))

    def _awaits_key(self) -> bool:
        level = self._levels[-1] if self._levels else None
        return level is not None and isinstance(level.content, dict) and level.key is None

    def _take_key(
        self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent, position: Position
    ) -> None:
        level = self._levels[-1]
        if not isinstance(event, ScalarEvent):
            self.stop(FaultCode.NOT_YAML, position, detail="a key that is no text")
            return
        level.key = event.value
        path = (*level.path, event.value)
        if isinstance(level.content, dict) and event.value in level.content:
            self._fault(FaultCode.DUPLICATE_KEY, path, position, value=shown(event.value))
            level.ignored = True
        else:
            self._parsed.positions[path] = position

    def _path(self) -> NodePath:
        if not self._levels:
            return ()
        level = self._levels[-1]
        if isinstance(level.content, list):
            return (*level.path, len(level.content))
        return level.path if level.key is None else (*level.path, level.key)

    def _put(self, value: object, path: NodePath, position: Position) -> None:
        self._parsed.positions.setdefault(path, position)
        if not self._levels:
            self._parsed.data = value
            return
        level = self._levels[-1]
        if isinstance(level.content, list):
            level.content.append(value)
        elif level.key is not None:
            if not level.ignored:
                level.content[level.key] = value
            level.key, level.ignored = None, False

    def _scalar(self, event: ScalarEvent, path: NodePath, position: Position) -> object:
        value: str = event.value
        if event.style is not None:
            return value
        if value in _WORDS:
            return _WORDS[value]
        if _CODE_WITH_ZERO.fullmatch(value) or _DATE_OR_TIME.fullmatch(value):
            self._fault(FaultCode.UNQUOTED, path, position, value=shown(value))
            return value
        if _INTEGER.fullmatch(value):
            return int(value) if len(value) <= 20 else 10**20
        if _OTHER_NUMBER.fullmatch(value):
            self._fault(FaultCode.FLOAT_REFUSED, path, position, value=shown(value))
            return 0
        return value
