"""The language of a text: as the file tags it, else guessed from its characters, with care."""

import re
from typing import Final

_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_TRADITIONAL: Final = frozenset({"hant", "hk", "mo", "tw"})
_SIMPLIFIED: Final = frozenset({"hans", "cn", "sg", "my"})
_ENGLISH_WORDS: Final = frozenset({"a", "and", "for", "in", "is", "of", "on", "that", "the", "to"})
_SURE_CHARACTERS_MIN: Final = 8
_SURE_RATIO: Final = 6
_CHARACTERS_READ_MAX: Final = 20_000


def language_of_tag(written: str) -> str | None:
    """A BCP 47 tag as this project writes it; ``None`` for no tag, and for Chinese of no script."""
    tag = written.strip()
    if not _TAG.fullmatch(tag):
        return None
    parts = tag.replace("_", "-").lower().split("-")
    if parts[0] in {"zh", "yue", "cmn"}:
        if not _TRADITIONAL.isdisjoint(parts):
            script = "zh-Hant"
        elif not _SIMPLIFIED.isdisjoint(parts):
            script = "zh-Hans"
        else:
            return None
        # A script that is named outweighs the region beside it.
        return "zh-Hans" if "hans" in parts else script
    return "en" if parts[0] == "en" else "-".join((parts[0], *tag.replace("_", "-").split("-")[1:]))


def guessed_language(text: str) -> str | None:
    """zh-Hans, zh-Hant or en where the characters leave little doubt; else ``None``."""
    read = text[:_CHARACTERS_READ_MAX]
    han = [each for each in read if "\u4e00" <= each <= "\u9fff"]
    latin = sum(each.isascii() and each.isalpha() for each in read)
    kana = any("\u3040" <= each <= "\u30ff" for each in read)
    if len(han) * 4 > latin:
        return None if kana else _guessed_script(han)
    words = re.findall(r"[A-Za-z]+", read)
    common = sum(word.lower() in _ENGLISH_WORDS for word in words)
    others = sum(each.isalpha() and not each.isascii() for each in read)
    sure = len(words) >= _SURE_CHARACTERS_MIN and common * 8 >= len(words) and others * 20 < latin
    return "en" if sure else None


def _guessed_script(han: list[str]) -> str | None:
    # GB 2312 was made for simplified characters and Big5 for traditional ones: what only one of
    # them holds tells the script.
    only_simplified = sum(_in(each, "gb2312") and not _in(each, "big5") for each in han)
    only_traditional = sum(_in(each, "big5") and not _in(each, "gb2312") for each in han)
    more, fewer = max(only_simplified, only_traditional), min(only_simplified, only_traditional)
    if more < _SURE_CHARACTERS_MIN or more < _SURE_RATIO * fewer:
        return None
    return "zh-Hans" if only_simplified > only_traditional else "zh-Hant"


def _in(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
