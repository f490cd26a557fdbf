"""Where commands write: answers to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Mapping
from typing import Final

from rich.console import Console

from tongguan.adapters.words import words
from tongguan.cli.speech import spoken_language
from tongguan.core.decisions import Decision, Outcome
from tongguan.core.reasons import ReasonCode
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


def print_decision(decision: Decision) -> None:
    """The outcome, and for every reason its words, what can be done, and the clause."""
    console, language = answers(), spoken_language()
    outcome = words(f"pages.outcomes.{decision.outcome.value}", language)
    console.print(outcome, style=OUTCOME_STYLES[decision.outcome])
    for reason in decision.reasons:
        console.print(f"• {reason_words(reason.code, 'title', reason.facts, language)}")
        console.print(f"  {reason_words(reason.code, 'remedy', reason.facts, language)}")
        where = ", ".join(filter(None, (reason.clause, *reason.claims)))
        console.print(f"  {reason.code.value} · {where}" if where else f"  {reason.code.value}")


def reason_words(code: ReasonCode, part: str, facts: Mapping[str, str], language: Language) -> str:
    """The title or the remedy of a reason in one language."""
    return words(f"reasons.{code.value}.{part}", language, **facts)
