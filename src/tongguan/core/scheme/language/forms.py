"""A form says which keys a mapping of the file has; reading, writing, schema and docs follow it."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tongguan.core.scheme.faults import FaultCode, Path
from tongguan.core.scheme.language.containers import ListOf, MapOf, Nullable
from tongguan.core.scheme.language.reader import WRONG, Kind, Reader, report_type, shown
from tongguan.core.scheme.language.scalars import Characters, ThreeLanguages
from tongguan.core.scheme.model import Basis, SetAside


class Required:
    """Marks a key that has no default and must be written."""


REQUIRED: Final = Required()

NAMING_KEYS: Final = frozenset({"claims", "assumed", "set_aside", "name", "names"})
"""Keys of a clause that state nothing which would need a source."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """One key of a form."""

    key: str
    kind: Kind
    says: str
    """One English sentence for the schema and the reference."""
    default: object = REQUIRED
    """Plain data that stands when the key is absent; part of the canonical text."""
    attribute: str = ""
    """The attribute of the model, where it is not named like the key."""
    later: bool = False
    """Whether it came after texts had been signed: left out where it holds its default, so that
    the canonical text of those stays what it was."""

    @property
    def name(self) -> str:
        """The attribute of the model."""
        return self.attribute or self.key

    @property
    def plain_default(self) -> object:
        """The default as plain data holds it; ``None`` for a key without."""
        if self.default is REQUIRED:
            return None
        return list(self.default) if isinstance(self.default, tuple) else self.default


@dataclass(frozen=True, slots=True)
class Parsed:
    """A mapping as read: nested ``Parsed`` for its nodes, ``WRONG`` where it is faulty."""

    form: "Form"
    path: Path
    values: Mapping[str, object]
    """By key of the file."""


def _attributes(form: "Form", values: dict[str, Any]) -> object:
    named = {key.name: values[key.key] for key in form.keys}
    if form.clause:
        named["basis"] = basis_of(values)
    return form.of(**named)


def _plain(form: "Form", value: Any) -> dict[str, object]:
    plain = {key.key: key.kind.write(getattr(value, key.name)) for key in form.keys}
    return plain | basis_as_data(value.basis) if form.clause else plain


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """The keys of one kind of mapping, and the value of the model it becomes."""

    name: str
    of: Callable[..., object]
    keys: tuple[Key, ...]
    says: str
    clause: bool = False
    """Whether it carries ``claims``, ``assumed`` and ``set_aside``."""
    build: Callable[["Form", dict[str, Any]], object] = _attributes
    take: Callable[["Form", Any], dict[str, object]] = _plain

    @property
    def all_keys(self) -> tuple[Key, ...]:
        """The keys, with those of the basis where it is a clause."""
        return (*self.keys, *BASIS_KEYS) if self.clause else self.keys


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A mapping of a form."""

    form: Form

    @property
    def hint(self) -> str:
        """The form's required keys."""
        required = [key.key for key in self.form.keys if key.default is REQUIRED]
        return "{" + ", ".join(f"{key}: …" for key in required) + "}"

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """A ``Parsed``, as complete as the mapping allows."""
        if not isinstance(value, dict):
            report_type(value, path, reader, self.hint)
            return WRONG
        meant = self._report_unknown_keys(value, path, reader)
        values: dict[str, object] = {}
        for key in self.form.all_keys:
            is_misspelt = key.key in meant and key.key not in value
            values[key.key] = WRONG if is_misspelt else _read_key(key, value, path, reader)
        parsed = Parsed(self.form, path, values)
        if self.form.clause:
            _check_basis(parsed, value, reader)
        return parsed

    def _report_unknown_keys(
        self, value: dict[str, object], path: Path, reader: Reader
    ) -> frozenset[str]:
        """Reports keys that the form does not have; the keys that were meant by them."""
        known = [key.key for key in self.form.all_keys]
        meant: list[str] = []
        for name in value:
            if name not in known:
                near = difflib.get_close_matches(name[:60], known, n=1)
                meant.extend(near)
                absent = [key for key in known if key not in value]
                allowed = ", ".join(near or absent or known)
                place = (*path, name)
                reader.fault(FaultCode.KEY_UNKNOWN, place, value=shown(name), allowed=allowed)
        return frozenset(meant)

    def write(self, value: object) -> object:
        """The mapping with every key, defaults written out but for those of later keys."""
        plain = self.form.take(self.form, value)
        for key in self.form.keys:
            if key.later and plain[key.key] == key.plain_default:
                del plain[key.key]
        return plain

    def schema(self) -> dict[str, object]:
        """A reference to the form's definition."""
        return {"$ref": f"#/$defs/{self.form.name}"}


_CLAIM_NAME: Final = Characters(pattern=r"[A-Za-z][A-Za-z0-9-]*", hint='"F1"', maximum=40)

SET_ASIDE: Final = Form(
    name="set_aside",
    of=SetAside,
    says="A rival claim that a clause does not follow.",
    keys=(
        Key(key="claim", kind=_CLAIM_NAME, says="The claim."),
        Key(key="because", kind=ThreeLanguages(), says="Why another one is followed."),
    ),
)

BASIS_KEYS: Final = (
    Key(
        key="claims",
        kind=ListOf(of=_CLAIM_NAME, once=True),
        says="Claims that the clause rests on.",
        default=(),
    ),
    Key(
        key="assumed",
        kind=MapOf(of=ThreeLanguages(), key=r"[a-z_]+(?:\.[a-z_]+)*", key_hint="field"),
        says="By field of this clause: the reason why its value was assumed.",
        default={},
    ),
    Key(
        key="set_aside",
        kind=ListOf(of=Node(form=SET_ASIDE)),
        says="Rival claims that the clause does not follow, each with the reason.",
        default=(),
    ),
)


def basis_of(values: dict[str, Any]) -> Basis:
    """The basis among the values of a clause."""
    return Basis(claims=values["claims"], assumed=values["assumed"], set_aside=values["set_aside"])


def basis_as_data(basis: Basis) -> dict[str, object]:
    """The keys of a basis as plain data."""
    return {key.key: key.kind.write(getattr(basis, key.key)) for key in BASIS_KEYS}


def _read_key(key: Key, value: dict[str, object], path: Path, reader: Reader) -> object:
    if key.key in value:
        return key.kind.read(value[key.key], (*path, key.key), reader)
    if key.default is REQUIRED:
        hint = f"{key.kind.hint} / null" if isinstance(key.kind, Nullable) else key.kind.hint
        reader.fault(FaultCode.KEY_MISSING, path, value=key.key, hint=hint)
        return WRONG
    return key.kind.read(key.plain_default, (*path, key.key), reader)


def _check_basis(parsed: Parsed, value: dict[str, object], reader: Reader) -> None:
    """Reports a clause without source, and reasons for fields that are not there or empty."""
    cited = value.get("claims") or value.get("assumed") or parsed.values["claims"] is WRONG
    if not cited and _states_something(parsed):
        reader.fault(FaultCode.CLAUSE_WITHOUT_SOURCE, parsed.path)
    assumed = value.get("assumed")
    fields = [key.key for key in parsed.form.keys]
    for name in assumed if isinstance(assumed, dict) else ():
        place = (*parsed.path, "assumed", name)
        if name.split(".")[0] not in fields:
            reader.fault(
                FaultCode.ASSUMED_FIELD_UNKNOWN, place, value=shown(name), allowed=", ".join(fields)
            )
        elif _at(value, name.split(".")) is None:
            reader.fault(FaultCode.ASSUMED_FIELD_EMPTY, place, value=shown(name))


def _at(value: object, steps: list[str]) -> object:
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _states_something(parsed: Parsed) -> bool:
    return any(
        value not in (None, (), {}) and not _is_nested_clause(value)
        for key, value in parsed.values.items()
        if key not in NAMING_KEYS
    )


def _is_nested_clause(value: object) -> bool:
    items = value if isinstance(value, tuple) else (value,)
    return all(isinstance(item, Parsed) and item.form.clause for item in items)


def built(value: object) -> object:
    """The value of the model for what was read without fault."""
    if isinstance(value, Parsed):
        values = {key: built(item) for key, item in value.values.items()}
        return value.form.build(value.form, values)
    if isinstance(value, tuple):
        return tuple(built(item) for item in value)
    if isinstance(value, dict):
        return {key: built(item) for key, item in value.items()}
    return value
