"""``tongguan scheme diff``: what a new version changes, for someone who has seen neither."""

from collections import Counter
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from tongguan.adapters.difference_words import SaidChange, SaidDifference, say_difference
from tongguan.adapters.scheme_files import LoadedScheme
from tongguan.adapters.words import words
from tongguan.cli.console import answers, print_json
from tongguan.cli.options import JsonOption, help_of
from tongguan.cli.problems import ExitCode
from tongguan.cli.scheme_commands import LanguageOption, scheme
from tongguan.cli.scheme_data import in_language
from tongguan.cli.scheme_files import named_scheme
from tongguan.cli.speech import say, spoken_language
from tongguan.core.scheme.difference import Change, ChangeKind, effects_of
from tongguan.core.texts import Language

BeforeArgument = Annotated[
    str, typer.Argument(metavar="BEFORE", help=help_of("version_before"), show_default=False)
]
AfterArgument = Annotated[
    str, typer.Argument(metavar="AFTER", help=help_of("version_after"), show_default=False)
]


_GROUNDS: Final = ChangeKind.GROUNDS


@scheme.command("diff", help=say("scheme.diff.help"))
def diff(
    before: BeforeArgument,
    after: AfterArgument,
    as_json: JsonOption = False,
    language: LanguageOption = None,
) -> None:
    """Say what differs between two versions; exit 1 when anything does, as ``diff`` does."""
    old, new = named_scheme(before), named_scheme(after)
    said = say_difference(old.version, new.version, language or spoken_language())
    if as_json:
        print_json(difference_as_data(old, new, language))
    else:
        print_difference(said, answers(), language or spoken_language())
    if said.changes:
        raise typer.Exit(ExitCode.REFUSED)


def print_difference(said: SaidDifference, console: Console, language: Language) -> None:
    """The changes that touch people, each with its sentences; then a short list of the rest."""
    console.print(said.heading, style="bold")
    if said.changes:
        console.print(said.about)
    console.print(said.summary)
    for sentence in said.begins:
        console.print(sentence)
    touching = [each for each in said.changes if not each.touches_nobody]
    for number, each in enumerate(touching, start=1):
        console.print()
        console.print(f"{number}. {each.heading}", style="bold")
        for sentence in each.sentences:
            console.print(f"   {sentence}")
    others = [each for each in said.changes if each.touches_nobody]
    if others:
        console.print()
        console.print(words("difference.nobody", language))
    for heading, count in Counter(each.heading for each in others).items():
        console.print(f"• {heading}" + (f" × {count}" if count > 1 else ""))
        # That a rule now rests on a claim instead of an assumption is worth its sentences.
        grounds = (e for e in others if e.heading == heading and e.change.kind is _GROUNDS)
        for sentence in (sentence for each in grounds for sentence in each.sentences):
            console.print(f"   {sentence}")


def difference_as_data(
    old: LoadedScheme, new: LoadedScheme, language: Language | None
) -> dict[str, Any]:
    """The difference as plain data: the changes as values, and in words of the languages asked."""
    asked = tuple(Language) if language is None else (language,)
    said = {each: say_difference(old.version, new.version, each) for each in asked}
    first = said[asked[0]]
    data = {
        "before": _version_as_data(old),
        "after": _version_as_data(new),
        "changes": [
            {
                **_change_as_data(change.change),
                "words": {each.value: _in_words(said[each].changes[index]) for each in asked},
            }
            for index, change in enumerate(first.changes)
        ],
    }
    return data if language is None else dict(in_language(data, language))


def _version_as_data(loaded: LoadedScheme) -> dict[str, Any]:
    version = loaded.version
    return {"id": version.id, "version": version.number, "digest": loaded.digest}


def _change_as_data(change: Change) -> dict[str, Any]:
    return {
        "path": change.path,
        "kind": change.kind.value,
        "before": change.before,
        "after": change.after,
        "effects": [
            {
                "verdict": effect.verdict.value,
                "audience": effect.audience.value,
                "places": effect.places,
            }
            for effect in effects_of(change)
        ],
        "claims": list(change.why.claims),
        "assumed": [dict(reason) for reason in change.why.assumed],
        "set_aside": [
            {"claim": claim, "because": dict(because)} for claim, because in change.why.set_aside
        ],
    }


def _in_words(change: SaidChange) -> dict[str, Any]:
    return {"heading": change.heading, "sentences": list(change.sentences)}
