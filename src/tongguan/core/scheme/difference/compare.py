"""Two versions compared form by form, so that no key of the language can be forgotten."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tongguan.core.identifiers import ClaimId
from tongguan.core.scheme.difference.changes import Change, ChangeKind, Step, Why
from tongguan.core.scheme.difference.effects import rank_of
from tongguan.core.scheme.language.containers import ListOf
from tongguan.core.scheme.language.forms import BASIS_KEYS, Form, Key, Node
from tongguan.core.scheme.language.reader import Kind, identity_of
from tongguan.core.scheme.language.versions import VERSION
from tongguan.core.scheme.model import Version
from tongguan.core.scheme.places import names_of_items, without_null
from tongguan.core.scheme.reading import version_as_data

_OF_THE_TEXT = frozenset({"id", "version", "follows"})
"""Keys that differ between any two versions, and say nothing about the crossing."""
_SAID_WHOLE = frozenset({"interval", "deadline", "week_time", "booking_hours", "measure"})
"""Forms whose keys mean something only together."""
_BY_NUMBER = frozenset({"health_way"})
"""Forms of items without names that are told apart by where they stand, where all stay in kind."""


def differences(before: Version, after: Version) -> tuple[Change, ...]:
    """Everything that differs, the most important first, then in the order of the text.

    Items of lists are matched by their ids. Two versions without differences say the same.
    """
    return differences_of_data(version_as_data(before), version_as_data(after))


def differences_of_data(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """The same for the plain data of two versions, defaults written out."""
    found = list(_of_mapping(VERSION, old, new, _Here(path=(), trail=())))
    return tuple(sorted(found, key=rank_of))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Here:
    """Where the comparison stands: the names and the mappings passed on the way down."""

    path: tuple[str, ...]
    trail: tuple[Step, ...]

    def below(self, *names: str) -> "_Here":
        return _Here(path=(*self.path, *names), trail=self.trail)


def _of_mapping(
    form: Form, old: Mapping[str, Any], new: Mapping[str, Any], here: _Here
) -> Iterator[Change]:
    step = Step(form=form.name, before=old, after=new)
    inside = _Here(path=here.path, trail=(*here.trail, step))
    touched: set[str] = set()
    own: list[Change] = []
    for key in form.keys:
        if form is VERSION and key.key in _OF_THE_TEXT:
            continue
        was, is_now = (data.get(key.key, key.plain_default) for data in (old, new))
        for change in _of_key(key, form, was, is_now, inside):
            if form.clause and not _has_own_clause(change, inside):
                touched.add(key.key)
                own.append(change)
            else:
                yield change
    yield from _each_with_its_reasons(own)
    if form.clause:
        yield from _of_grounds(form, old, new, inside, touched)


def _each_with_its_reasons(changes: Sequence[Change]) -> Iterator[Change]:
    """Claims are cited by the clause, assumptions by field: what is assumed needs no claim.

    Where every field that changed is assumed, the claims stand with all of them.
    """
    cited = any(not change.why.assumed for change in changes)
    for change in changes:
        why = change.why
        if cited and why.assumed:
            why = replace(why, claims=(), set_aside=(), is_new=False)
        yield replace(change, why=why)


def _has_own_clause(change: Change, here: _Here) -> bool:
    """Whether a clause further in than this mapping speaks for the change."""
    if change.kind is ChangeKind.GROUNDS:
        return True
    inner = [step.data for step in change.trail[len(here.trail) :]]
    return any(_is_clause(data) for data in (*inner, change.after))


def _is_clause(data: object) -> bool:
    return isinstance(data, dict) and "assumed" in data and "set_aside" in data


def _of_key(key: Key, form: Form, old: Any, new: Any, here: _Here) -> Iterator[Change]:
    if old == new:
        return
    kind, below = without_null(key.kind), here.below(key.key)
    if old is None or new is None:
        how = ChangeKind.STATED if old is None else ChangeKind.UNSTATED
        yield _change(how, key.key, form, below, kind=kind, old=old, new=new)
    elif isinstance(kind, Node) and kind.form.name not in _SAID_WHOLE:
        yield from _of_mapping(kind.form, old, new, below)
    elif isinstance(kind, ListOf) and isinstance(kind.of, Node) and _are_paired(kind.of, old, new):
        yield from _of_items(key, form, below, old=old, new=new, of=kind.of.form)
    else:
        same_items = isinstance(kind, ListOf) and _sorted(old) == _sorted(new)
        how = ChangeKind.ORDERED if same_items else ChangeKind.CHANGED
        yield _change(how, key.key, form, below, kind=kind, old=old, new=new)


def _are_paired(of: Node, old: Sequence[Any], new: Sequence[Any]) -> bool:
    """Whether it can be said of items which of them became which."""
    if of.form.name not in _BY_NUMBER:
        return _are_named((*old, *new))
    stated = (
        [{name for name in item if item[name] is not None} for item in each] for each in (old, new)
    )
    return len(old) == len(new) and next(stated) == next(stated)


def _are_named(items: Sequence[object]) -> bool:
    return all(_name_of(item) is not None for item in items)


def _name_of(item: object) -> str | None:
    """What tells an item of a list from the others; a place that is denied has its code alone."""
    code = item.get("code") if isinstance(item, dict) else None
    return identity_of(item) or (code if isinstance(code, str) else None)


def _sorted(items: Sequence[object]) -> list[str]:
    return sorted(map(repr, items))


def _of_items(
    key: Key, form: Form, here: _Here, *, old: Sequence[Any], new: Sequence[Any], of: Form
) -> Iterator[Change]:
    was = dict(zip(names_of_items(old), old, strict=True))
    is_now = dict(zip(names_of_items(new), new, strict=True))
    kind, how = Node(form=of), ChangeKind
    for name, item in was.items():
        if name not in is_now:
            below = here.below(name)
            yield _change(how.REMOVED, key.key, form, below, kind=kind, old=item, new=None)
    for name, item in is_now.items():
        below = here.below(name)
        if name not in was:
            yield _change(how.ADDED, key.key, form, below, kind=kind, old=None, new=item)
        elif item != was[name]:
            yield from _of_mapping(of, was[name], item, below)
    stayed = [name for name in was if name in is_now]
    if stayed != [name for name in is_now if name in was]:
        every = ListOf(of=kind)
        yield _change(how.ORDERED, key.key, form, here, kind=every, old=old, new=new)


def _of_grounds(
    form: Form,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    here: _Here,
    touched: set[str],
) -> Iterator[Change]:
    """What the clause rests on differs, and nothing that it says tells so already."""
    if all(old[key.key] == new[key.key] for key in BASIS_KEYS):
        return
    fields = {name.split(".")[0] for name in {*old["assumed"], *new["assumed"]}}
    quiet = {name for name in fields - touched if _reasons(old, name) != _reasons(new, name)}
    cites = any(old[key] != new[key] for key in ("claims", "set_aside"))
    if quiet or (cites and not touched):
        kind = without_null(form.keys[0].kind)
        field = min(quiet) if quiet else "claims"
        yield _change(ChangeKind.GROUNDS, field, form, here, kind=kind, old=None, new=None)


def _change(
    how: ChangeKind, key: str, form: Form, here: _Here, *, kind: Kind, old: Any, new: Any
) -> Change:
    return Change(
        kind=how,
        path="/".join(here.path),
        trail=here.trail,
        form=form.name,
        key=key,
        value_kind=kind,
        before=old,
        after=new,
        why=_why(key, new, here.trail),
    )


def _why(key: str, new: Any, trail: tuple[Step, ...]) -> Why:
    """What the value itself rests on where it is a clause, else the clause that holds it."""
    if _is_clause(new):
        return Why(
            claims=_claims(new),
            assumed=_reasons(new, None),
            set_aside=_set_aside(new, None),
            is_new=True,
        )
    names: list[str] = [key]
    for step in reversed(trail):
        clause = step.after
        if clause is not None and _is_clause(clause):
            added = tuple(each for each in _claims(clause) if each not in _claims(step.before))
            reasons = _reasons(clause, names[-1])
            known = () if step.before is None else _reasons(step.before, names[-1])
            fresh = tuple(each for each in reasons if each not in known)
            return Why(
                claims=added or _claims(clause),
                assumed=fresh if added else fresh or reasons,
                set_aside=_set_aside(clause, step.before),
                is_new=bool(added),
            )
        names.append(_key_of(step, trail))
    return Why(claims=(), assumed=(), set_aside=(), is_new=False)


def _key_of(step: Step, trail: tuple[Step, ...]) -> str:
    """The key of the mapping above under which a mapping stands."""
    above = trail[trail.index(step) - 1].data if trail.index(step) else {}
    return next((key for key, value in above.items() if value is step.data), "")


def _reasons(clause: Mapping[str, Any], field: str | None) -> tuple[Mapping[str, str], ...]:
    """Why a field of a clause, a part of it, or with ``None`` anything in it is assumed."""
    found: list[Mapping[str, str]] = []
    for name, reason in clause["assumed"].items():
        if (field is None or name.split(".")[0] == field) and reason not in found:
            found.append(reason)
    return tuple(found)


def _claims(clause: Mapping[str, Any] | None) -> tuple[ClaimId, ...]:
    return () if clause is None else tuple(ClaimId(name) for name in clause["claims"])


def _set_aside(
    clause: Mapping[str, Any], before: Mapping[str, Any] | None
) -> tuple[tuple[ClaimId, Mapping[str, str]], ...]:
    known = before["set_aside"] if before is not None else []
    return tuple(
        (ClaimId(each["claim"]), each["because"])
        for each in clause["set_aside"]
        if each not in known
    )
