"""Where commands write: answers to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Mapping
from typing import Final

from rich.console import Console

from tongguan.adapters.words import words
from tongguan.cli.speech import spoken_language
from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.gate.clauses import TEXT_FACTS, clause_text
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Version
from tongguan.core.texts import Language

_JSON_INDENT: Final = 2
OUTCOME_STYLES: Final = {
    Outcome.ADMIT: "bold green",
    Outcome.GRANT: "bold green",
    Outcome.REFER: "bold yellow",
    Outcome.DENY: "bold red",
    Outcome.REFUSE: "bold red",
}


def answers() -> Console:
    """For what a command was asked for."""
    return _console(stderr=False)


def remarks() -> Console:
    """For progress, warnings and errors."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    # Words from files and people go through here, so square brackets are never read as markup.
    return Console(
        stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=not stream.isatty()
    )


def print_json(content: object) -> None:
    """One JSON document on standard output, its Chinese readable."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=_JSON_INDENT) + "\n")


def print_decision(decision: Decision, version: Version | None = None) -> None:
    """The outcome, and for every reason its words, what can be done, and the clause.

    Facts that are paths of texts of the version are shown as the texts they name.
    """
    console, language = answers(), spoken_language()
    outcome = words(f"pages.outcomes.{decision.outcome.value}", language)
    console.print(outcome, style=OUTCOME_STYLES[decision.outcome])
    for reason in decision.reasons:
        named = _texts_named(reason, version, language)
        facts = {**reason.facts, **named}
        console.print(f"• {reason_words(reason.code, 'title', facts, language)}")
        remedy = reason_words(reason.code, "remedy", facts, language)
        console.print(f"  {remedy}")
        for name, said in named.items():
            if said not in remedy:
                console.print(f"  {words(f'forms.facts.{name}', language)}: {said}")
        where = ", ".join(filter(None, (reason.clause, *reason.claims)))
        console.print(f"  {reason.code.value} · {where}" if where else f"  {reason.code.value}")


def _texts_named(reason: Reason, version: Version | None, language: Language) -> dict[str, str]:
    found = {
        name: None if version is None else clause_text(version, path)
        for name, path in reason.facts.items()
        if name in TEXT_FACTS
    }
    return {name: each.in_language(language) for name, each in found.items() if each is not None}


def reason_words(code: ReasonCode, part: str, facts: Mapping[str, str], language: Language) -> str:
    """The title or the remedy of a reason in one language."""
    return words(f"reasons.{code.value}.{part}", language, **facts)
