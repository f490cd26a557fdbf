"""The difference of two versions in whole sentences, for someone who has seen neither."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tongguan.adapters.scheme_words import SchemeWords
from tongguan.adapters.words import words
from tongguan.core.calendar import local_day
from tongguan.core.identifiers import ClaimId
from tongguan.core.scheme.difference import (
    Audience,
    Change,
    ChangeKind,
    Effect,
    Step,
    differences,
    effects_of,
)
from tongguan.core.scheme.language.containers import ListOf
from tongguan.core.scheme.language.forms import Node
from tongguan.core.scheme.language.scalars import Choice
from tongguan.core.scheme.model import GrantRule, Remedy, Version
from tongguan.core.scheme.reading import version_as_data
from tongguan.core.texts import Language

_OF_AUDIENCE: Final[Mapping[Audience, tuple[str, ...]]] = {
    Audience.CATEGORY: ("category",),
    Audience.CONTROL_POINT: ("control_point",),
    Audience.COUNTED: ("quota",),
    Audience.DIRECTION: ("direction",),
    Audience.KEPT_FOR: ("quota",),
    Audience.SPONSORED: ("sponsor",),
}
"""Whose name the words of an audience need: that of the nearest mapping of these forms."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidChange:
    """One change in words."""

    change: Change
    heading: str
    sentences: tuple[str, ...]
    """What changed; who gains, who loses; from when; why."""
    touches_nobody: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidDifference:
    """The difference of two versions in words of one language."""

    heading: str
    about: str
    """What the new version says of itself."""
    summary: str
    begins: tuple[str, ...]
    """How early it may take effect, and what becomes of those who hold something already."""
    changes: tuple[SaidChange, ...]


def say_difference(before: Version, after: Version, language: Language) -> SaidDifference:
    """Everything that differs, the most important first."""
    speaker = _Speaker(before, after, language)
    changes = tuple(speaker.change(each) for each in differences(before, after))
    touching = [each for each in changes if not each.touches_nobody]
    facts = {"touching": str(len(touching)), "other": str(len(changes) - len(touching))}
    is_same = not changes
    return SaidDifference(
        heading=speaker.heading(),
        about=after.summary.in_language(language),
        summary=words("difference.same" if is_same else "difference.count", language, **facts),
        begins=tuple(speaker.begins()) if touching else (),
        changes=changes,
    )


class _Speaker:
    def __init__(self, before: Version, after: Version, language: Language) -> None:
        self._before, self._after, self._language = before, after, language
        self._data = version_as_data(after)
        self._say = SchemeWords(language, version_as_data(before), self._data)
        self._claims = {claim.id: claim for claim in (*before.claims, *after.claims)}
        self._sources = {source.id: source for source in (*before.sources, *after.sources)}

    def heading(self) -> str:
        """Which two versions of what."""
        return self._words(
            "head",
            title=self._after.title.in_language(self._language),
            before=self._before.id,
            after=self._after.id,
            number_before=str(self._before.number),
            number_after=str(self._after.number),
        )

    def begins(self) -> Iterator[str]:
        """From when anything of it holds, phase by phase that has directions to cross by."""
        for phase in self._after.phases:
            if not phase.directions:
                continue
            name = phase.name.in_language(self._language)
            if phase.not_before is None:
                yield self._words("begins_undated", phase=name)
            else:
                first = self._say.day(phase.not_before.first.isoformat())
                yield self._words("begins", phase=name, first=first)
            if phase.holders is None:
                yield self._words("holding.not_stated")
            else:
                places = self._say.value(
                    ListOf(of=Choice(of=Remedy)), [str(each) for each in phase.holders.places]
                )
                grants = self._say.value(Choice(of=GrantRule), str(phase.holders.grants))
                yield self._words("holding.stated", places=places, grants=grants)

    def change(self, change: Change) -> SaidChange:
        """One change: its place, then its sentences."""
        effects = effects_of(change)
        sentences = [self._what(change)]
        if change.key == "limit" and change.kind is ChangeKind.STATED:
            sentences.append(self._words("what.unknown_limit"))
        if change.key == "categories" and change.kind is ChangeKind.REMOVED:
            sentences.append(self._words(f"what.category_{_grants_after(change)}"))
        sentences.extend(self._effect(change, each) for each in effects)
        if effects:
            sentences.append(self._when(change))
        sentences.extend(self._why(change))
        return SaidChange(
            change=change,
            heading=self._place(change),
            sentences=tuple(sentences),
            touches_nobody=not effects,
        )

    def _place(self, change: Change) -> str:
        steps = zip(change.trail, change.trail[1:], strict=False)
        # A way to meet a requirement has no name; what stands below it has.
        names = [name for above, step in steps if (name := self._name_of_step(above, step))]
        if change.kind is ChangeKind.GROUNDS and change.key == "claims":
            return " › ".join(names)
        return " › ".join((*names, _capitalised(self._say.label(change.form, change.key))))

    def _name_of_step(self, above: Step, step: Step) -> str:
        """An item of a list by its name, any other mapping by the key that it stands under."""
        for key, value in above.data.items():
            if value is step.data:
                return _capitalised(self._say.label(above.form, key))
        return self._say.name_of(step.data)

    def _what(self, change: Change) -> str:
        if change.kind is ChangeKind.GROUNDS:
            return self._words("what.grounds")
        if change.kind in (ChangeKind.ADDED, ChangeKind.REMOVED):
            return self._item(change)
        facts = {
            side: self._value(change, value)
            for side, value in (("before", change.before), ("after", change.after))
        }
        is_changed = self._say.null_says(change.form, change.key)
        return self._words(f"what.{'changed' if is_changed else change.kind.value}", **facts)

    def _item(self, change: Change) -> str:
        item = change.after if change.kind is ChangeKind.ADDED else change.before
        kind = change.value_kind
        details = self._say.details(kind.form, item) if isinstance(kind, Node) else ""
        said = self._words("what.details", details=details) if details else ""
        space = " " if said and self._language is Language.EN else ""
        side = "after" if change.kind is ChangeKind.ADDED else "before"
        name = self._say.name_of(item)
        return self._words(f"what.{change.kind.value}", name=name, **{side: space + said})

    def _value(self, change: Change, value: Any) -> str:
        said = self._say.value(change.value_kind, value, form=change.form, key=change.key)
        if change.key == "limit" and value is not None:
            quota = next(step for step in reversed(change.trail) if step.form == "quota")
            per = words(f"scheme.values.quota_per.{quota.data['per']}", self._language)
            before = self._language is not Language.EN
            return f"{per}{said}" if before else f"{said} {per}"
        return said

    def _effect(self, change: Change, effect: Effect) -> str:
        amount = ""
        if effect.places is not None:
            per = self._nearest(change, ("quota",)).get("per", "day")
            amount = self._words(f"verdicts.amount_{per}", places=f"{effect.places:,}")
        forms = _OF_AUDIENCE.get(effect.audience, ())
        named = self._nearest(change, forms)
        audience = Audience.EVERYONE if forms and not named else effect.audience
        whom = self._words(f"whom.{audience.value}", name=self._say.name_of(named))
        return self._words(f"verdicts.{effect.verdict.value}", whom=whom, amount=amount)

    def _nearest(self, change: Change, forms: tuple[str, ...]) -> Mapping[str, Any]:
        """The nearest mapping of these forms, the item itself first."""
        item = change.after if change.after is not None else change.before
        if isinstance(change.value_kind, Node) and change.value_kind.form.name in forms:
            return dict(item)
        found = (step.data for step in reversed(change.trail) if step.form in forms)
        return next(found, {})

    def _when(self, change: Change) -> str:
        item = change.after if isinstance(change.after, dict) else {}
        dated = {"first", "last", "limit"} <= set(item) or change.form == "limit_exception"
        if dated:
            holder = item or change.trail[-1].data
            days = self._say.days(holder.get("first"), holder.get("last"))
            if days is not None:
                return self._words("when.days", days=days)
        phase = next((step for step in change.trail if step.form == "phase"), None)
        if phase is None:
            return self._words("when.signature")
        return self._words("when.activation", phase=self._say.name_of(phase.data))

    def _why(self, change: Change) -> Iterator[str]:
        why = change.why
        is_told = why.is_new or not why.assumed
        for claim in why.claims if is_told else ():
            yield self._claim(claim)
        for reason in why.assumed:
            yield self._words("why.assumed", reason=reason[self._language.value])
        for claim, because in why.set_aside:
            said = self._claims.get(claim)
            fact = said.fact.in_language(self._language) if said is not None else claim
            yield self._words("why.set_aside", fact=fact, reason=because[self._language.value])
        if effects_of(change) and not why.claims and not why.assumed:
            yield self._words("why.unsaid")

    def _claim(self, name: ClaimId) -> str:
        claim = self._claims[name]
        source = self._sources[claim.source]
        witnesses = [
            self._witness(each.who.in_language(self._language), each.through, each.on)
            for each in claim.witnesses
        ]
        day = self._say.day(local_day(source.published, self._after.zone).isoformat())
        return self._words(
            "why.claim",
            fact=claim.fact.in_language(self._language),
            certainty=words(f"scheme.values.certainty.{claim.certainty.value}", self._language),
            witness=self._say.joined("clauses", witnesses),
            source=self._words("why.source", publisher=source.publisher, day=day),
        )

    def _witness(self, who: str, through: str | None, day: object) -> str:
        if through is not None:
            who = self._words("why.through", who=who, through=through)
        return who if day is None else self._words("why.on", who=who, day=self._say.day(str(day)))

    def _words(self, key: str, **facts: str) -> str:
        return words(f"difference.{key}", self._language, **facts)


def _capitalised(label: str) -> str:
    return label[:1].upper() + label[1:]


def _grants_after(change: Change) -> str:
    """What becomes of grants on a ground that is taken out, by the phase that follows."""
    holders = change.trail[-1].data.get("holders")
    if holders is None:
        return "open"
    return "kept" if holders["grants"] == GrantRule.KEEP.value else "lapsed"
