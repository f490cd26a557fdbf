"""What a version says beyond the tables of ``scheme show``: one line of words for each clause."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tongguan.adapters.scheme_words import SchemeWords
from tongguan.core.scheme.language.containers import ListOf, Nullable
from tongguan.core.scheme.language.forms import Form, Node
from tongguan.core.scheme.language.phases import PHASE
from tongguan.core.scheme.language.reader import Kind, identity_of
from tongguan.core.scheme.language.versions import VERSION

_OF_PHASE: Final = (
    ("participation", ("stayed",)),
    ("area", ("deny",)),
    ("quotas", ("limits", "reserve", "carry_over", "partial_weeks")),
    ("directions", ("closed_days", "booking", "booking_authority", "lateness")),
    ("health", ("tests", "requirements", "admitted_under")),
    ("exemptions", None),
    ("sponsors", None),
    ("criteria", None),
    ("breakers", None),
    ("holders", None),
)
"""By key of a phase: what of it no table shows; ``None`` is all of it."""
_OF_VERSION: Final = (("metrics", None), ("not_expressible", None))
_LISTED: Final = frozenset({"deny", "limits", "tests", "requirements", "admitted_under"})
"""Lists whose items each have a line of their own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rival:
    """A claim that a clause does not follow."""

    path: str
    """Of the clause, such as ``phases/pilot/quotas/all-day``."""
    claim: str
    because: Mapping[str, str]


def phase_clauses(said: SchemeWords, phase: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What each clause is called, and what it says in words."""
    for key, only in _OF_PHASE:
        yield from _clauses(said, PHASE, key, phase.get(key), only)


def version_clauses(said: SchemeWords, version: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The same of what stands at the top of a version."""
    for key, only in _OF_VERSION:
        yield from _clauses(said, VERSION, key, version.get(key), only)


def rivals(node: object, path: tuple[str, ...] = ()) -> Iterator[Rival]:
    """Every claim that some clause of a version's data sets aside, in the order of the text."""
    if isinstance(node, Mapping):
        for each in node.get("set_aside") or ():
            yield Rival(path="/".join(path), claim=each["claim"], because=each["because"])
        for key, value in node.items():
            yield from rivals(value, (*path, key))
    elif isinstance(node, list):
        for number, item in enumerate(node):
            yield from rivals(item, (*path, identity_of(item) or str(number)))


def _clauses(
    said: SchemeWords, form: Form, key: str, value: Any, only: tuple[str, ...] | None
) -> Iterator[tuple[str, str]]:
    inner = _form_of(next(each.kind for each in form.keys if each.key == key))
    label = said.label(form.name, key)
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, Mapping):
            continue
        name = " · ".join(filter(None, (label, said.name_of(item))))
        keys = only or tuple(each.key for each in inner.keys)
        whole = {each: item.get(each) for each in keys if each not in _LISTED}
        details = said.details(inner, whole)
        if details or only is None:
            yield name, details
        for listed in (each for each in keys if each in _LISTED):
            for sub_name, sub_details in _clauses(said, inner, listed, item.get(listed), None):
                yield f"{name} · {sub_name}", sub_details


def _form_of(kind: Kind) -> Form:
    while isinstance(kind, Nullable | ListOf):
        kind = kind.of
    if not isinstance(kind, Node):
        raise TypeError(f"{kind} holds no mapping")
    return kind.form
