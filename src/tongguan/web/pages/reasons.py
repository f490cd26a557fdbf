"""Why something was decided, in the reader's words: what, what can be done, and on what ground."""

from collections.abc import Iterable
from dataclasses import dataclass

from tongguan.adapters.reason_words import said_reason
from tongguan.adapters.words import texts
from tongguan.core.decisions import Reason
from tongguan.core.scheme.model import Phase, Version
from tongguan.web.service import current_reader
from tongguan.web.templatetags.scheme import ClaimShown, claims_shown


@dataclass(frozen=True, kw_only=True, slots=True)
class FactShown:
    """One fact a decision rests on."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonShown:
    """A reason with words, clause, claims and facts."""

    code: str
    title: str
    remedy: str
    clause: str
    claims: tuple[ClaimShown, ...]
    facts: tuple[FactShown, ...]


def reasons_shown(
    reasons: Iterable[Reason], version: Version, phase: Phase
) -> tuple[ReasonShown, ...]:
    """The reasons in the reader's language, in their order."""
    return tuple(_shown(each, version, phase) for each in reasons)


def _shown(reason: Reason, version: Version, phase: Phase) -> ReasonShown:
    reader = current_reader()
    said = said_reason(reason, version, phase, reader)
    cited = {each.claim.id: each for each in claims_shown(version)}
    return ReasonShown(
        code=reason.code.value,
        title=said.title,
        remedy=said.remedy,
        clause=reason.clause,
        claims=tuple(cited[each] for each in reason.claims if each in cited),
        facts=tuple(
            FactShown(name=reader.words(f"forms.facts.{name}"), value=value)
            for name, value in said.facts.items()
            if f"forms.facts.{name}" in texts()
        ),
    )
