"""Sources and their agreement with a scheme, for people to read and as plain data."""

from collections.abc import Sequence

from tongguan.adapters.sources.agreement import Agreement
from tongguan.adapters.sources.keeping import KeptSource
from tongguan.adapters.sources.reading import instant_as_text
from tongguan.adapters.sources.records import Remark, times_in_words
from tongguan.adapters.words import words
from tongguan.cli.console import answers
from tongguan.cli.scheme_data import text_as_data
from tongguan.cli.speech import say, spoken_language
from tongguan.core.scheme.model import Version
from tongguan.core.texts import Language, Text


def print_shelf(kept: Sequence[KeptSource]) -> None:
    """One line for each source, or that there is none."""
    console = answers()
    if not kept:
        console.print(say("source.list.none"))
    for each in kept:
        source = each.source
        published = instant_as_text(source.published)
        console.print(f"{source.id}  {published}  {source.language}  {source.title}")


def print_source(kept: KeptSource) -> None:
    """Record and reading, one fact a line."""
    source, reading, language = kept.source, kept.reading, spoken_language()
    others = times_in_words(reading.other_times).in_language(language)
    facts = (
        ("id", source.id),
        ("title", source.title),
        ("authors", ", ".join(reading.authors)),
        ("publisher", source.publisher),
        ("url", source.url),
        ("published", times_in_words((reading.published,)).in_language(language)),
        ("other_times", others),
        ("language", source.language),
        ("note", source.note.in_language(language) if source.note else ""),
        ("sha256", reading.sha256),
        ("text", say("source.show.characters", count=len(reading.plain))),
    )
    console = answers()
    for key, value in facts:
        stated = value or words("pages.not_stated", language)
        console.print(f"{say(f'source.labels.{key}')}: {stated}")


def print_agreement(compared: Agreement, version: Version) -> None:
    """Point by point whether scheme and file agree, and which claims cite the entry."""
    console, entry = answers(), compared.entry
    key = "agrees" if compared.agrees else "differs"
    console.print(say(f"source.add.{key}", version=version.id, id=entry.id), style="bold")
    for each in compared.comparisons:
        label = say(f"source.labels.{each.key}")
        if each.agrees:
            console.print(f"  = {label}: {each.file}")
        else:
            scheme = each.scheme or words("pages.not_stated", spoken_language())
            said = say("source.add.difference", scheme=scheme, file=each.file)
            console.print(f"  ≠ {label}: {said}")
    claims = ", ".join(compared.claims) or say("source.add.no_claim")
    console.print(say("source.add.claims", claims=claims))


def agreement_as_data(compared: Agreement | None, version: Version) -> dict[str, object]:
    """The same as plain data; ``entry`` is null while the scheme has none."""
    if compared is None:
        return {"version": version.id, "entry": None}
    points = [
        {"key": each.key, "scheme": each.scheme or None, "file": each.file, "agrees": each.agrees}
        for each in compared.comparisons
    ]
    return {
        "version": version.id,
        "entry": compared.entry.id,
        "agrees": compared.agrees,
        "comparisons": points,
        "claims": list(compared.claims),
    }


def remark_as_data(remark: Remark) -> dict[str, object]:
    """A remark with its code and its words in three languages."""
    said = Text(
        zh_hant=remark.in_language(Language.ZH_HANT),
        zh_hans=remark.in_language(Language.ZH_HANS),
        en=remark.in_language(Language.EN),
    )
    return {"code": remark.code, "message": text_as_data(said)}
