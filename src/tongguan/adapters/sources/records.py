"""The record that claims cite: one entry of a scheme's ``sources``, made from a reading."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from tongguan.adapters.sources.addresses import publisher_label
from tongguan.adapters.sources.reading import PublisherFrom, Reading, instant_as_text
from tongguan.adapters.sources.refusals import SourceRefusal, SourceRefusedError
from tongguan.adapters.sources.stated_times import StatedTime
from tongguan.adapters.words import words
from tongguan.core.identifiers import SourceId
from tongguan.core.scheme.language.forms import Node, built
from tongguan.core.scheme.language.reader import Reader
from tongguan.core.scheme.language.sources import SOURCE
from tongguan.core.scheme.model import Source
from tongguan.core.texts import Language, Text

ID_CHARACTERS_MAX: Final = 40
_TIMES_NAMED_MAX: Final = 6
_BETWEEN: Final = {Language.ZH_HANT: "、", Language.ZH_HANS: "、", Language.EN: ", "}


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """Something a reader must know; its words stand in ``texts/sources.yaml``."""

    code: str
    facts: Mapping[str, str | Text]

    def in_language(self, language: Language) -> str:
        """The remark as one sentence."""
        facts = {
            name: each if isinstance(each, str) else each.in_language(language)
            for name, each in self.facts.items()
        }
        return words(f"sources.remarks.{self.code}", language, **facts)


def source_id(reading: Reading, zone: str) -> SourceId:
    """The publisher's label and the day of publication, such as ``zaobao-2021-11-05``."""
    label = publisher_label(reading.url)
    day = reading.published.at.astimezone(ZoneInfo(zone)).date().isoformat()
    if not label or not label[0].isalpha():
        label = f"source-{label}".rstrip("-")
    return SourceId(f"{label[: ID_CHARACTERS_MAX - len(day) - 1].rstrip('-')}-{day}")


def record_of(reading: Reading, name: SourceId) -> Source:
    """The record of this name. Raises ``SourceRefusedError`` where it cannot be one."""
    source = Source(
        id=name,
        title=reading.title,
        publisher=reading.publisher,
        url=reading.url,
        published=reading.published.at,
        language=reading.language,
        note=_note(reading),
    )
    return record_from_data(record_as_data(source))


def record_as_data(source: Source) -> dict[str, Any]:
    """The record as it stands in a scheme file."""
    return cast("dict[str, Any]", Node(form=SOURCE).write(source))


def record_from_data(data: object) -> Source:
    """The record that the data says. Raises ``SourceRefusedError`` naming what is wrong."""
    reader = Reader(data=data, positions={})
    parsed = Node(form=SOURCE).read(data, (), reader)
    if reader.faults:
        place = reader.faults[0].path or "source"
        raise SourceRefusedError(SourceRefusal.RECORD_WRONG, place=place)
    return cast("Source", built(cast("Any", parsed)))


def noted(reading: Reading) -> Iterator[Remark]:
    """What the record's note must say: what was chosen, assumed or guessed."""
    if reading.other_times:
        facts = {
            "used": times_in_words((reading.published,)),
            "others": times_in_words(reading.other_times),
        }
        yield Remark(code="other_times", facts=facts)
    if reading.published.zone_assumed is not None:
        yield Remark(code="zone_assumed", facts={"zone": reading.published.zone_assumed})
    if reading.published.day_alone:
        yield Remark(code="day_alone", facts={})
    if reading.language_guessed:
        yield Remark(code="language_guessed", facts={"tag": reading.language})
    if reading.publisher_from is PublisherFrom.AUTHOR:
        yield Remark(code="publisher_author", facts={"publisher": reading.publisher})
    if reading.publisher_from is PublisherFrom.ADDRESS:
        yield Remark(code="publisher_address", facts={"publisher": reading.publisher})


def remarked(reading: Reading, now: datetime) -> Iterator[Remark]:
    """What whoever adds the source should know beyond the note."""
    if reading.published.at > now:
        at = instant_as_text(reading.published.at)
        yield Remark(code="future", facts={"published": at})
    if reading.encoding != "utf-8":
        yield Remark(code="encoding", facts={"encoding": reading.encoding})
    if reading.promotions:
        yield Remark(code="promotions", facts={"count": str(reading.promotions)})
    if not reading.plain:
        yield Remark(code="no_text", facts={})


def yaml_lines(data: object, indent: int = 0) -> Iterator[str]:
    """Plain data as YAML in which every text is quoted, as scheme files write it."""
    space = " " * indent
    if isinstance(data, Mapping):
        for key, value in data.items():
            if isinstance(value, Mapping | list) and value:
                yield f"{space}{key}:"
                yield from yaml_lines(value, indent + 2)
            else:
                yield f"{space}{key}: {_scalar(value)}"
    elif isinstance(data, list):
        for each in data:
            first, *rest = yaml_lines(each, indent + 2)
            yield f"{space}- {first[indent + 2 :]}"
            yield from rest
    else:
        yield f"{space}{_scalar(data)}"


def record_block(source: Source) -> str:
    """The record as one entry to put under ``sources:`` of a scheme file."""
    return "\n".join(yaml_lines([record_as_data(source)], 2)) + "\n"


def _scalar(value: object) -> str:
    # What JSON leaves as it is and YAML does not print would not read back.
    written = json.dumps(value, ensure_ascii=False)
    return re.sub(
        r"[\x7f-\x9f\u2028\u2029\ufeff]", lambda found: f"\\u{ord(found[0]):04x}", written
    )


def _note(reading: Reading) -> Text | None:
    remarks = tuple(noted(reading))
    if not remarks:
        return None
    said = {language: [each.in_language(language) for each in remarks] for language in Language}
    return Text(
        zh_hant="".join(said[Language.ZH_HANT]),
        zh_hans="".join(said[Language.ZH_HANS]),
        en=" ".join(said[Language.EN]),
    )


def times_in_words(times: tuple[StatedTime, ...]) -> Text:
    """The instants, each with the place in the file that states it."""
    named = times[:_TIMES_NAMED_MAX]
    joined = {
        language: _BETWEEN[language].join(
            words(
                f"sources.where.{each.where.value}",
                language,
                name=each.name,
                at=instant_as_text(each.at),
            )
            for each in named
        )
        for language in Language
    }
    return Text(
        zh_hant=joined[Language.ZH_HANT],
        zh_hans=joined[Language.ZH_HANS],
        en=joined[Language.EN],
    )
