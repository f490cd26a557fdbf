"""The language that an Accept-Language header prefers, where no framework reads it.

It is read as the framework of the pages and the ordinary routes reads it, and a test compares.
"""

import re
from functools import lru_cache
from typing import Final

from tongguan.core.texts import Language

_RANGE: Final = re.compile(
    r"([a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*)"
    r"(?:\s*;\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?(?:\s*,\s*|$)"
)
_CHARACTERS_MAX: Final = 500
_TAGS: Final = {
    "en": Language.EN,
    "zh": Language.ZH_HANT,
    "zh-cn": Language.ZH_HANS,
    "zh-hans": Language.ZH_HANS,
    "zh-hant": Language.ZH_HANT,
    "zh-my": Language.ZH_HANS,
    "zh-sg": Language.ZH_HANS,
}
"""Any other that begins with one of these is read as the longest of them."""


@lru_cache(maxsize=1000)
def accepted_language(header: str) -> Language:
    """The first language we have of those preferred most; Traditional Chinese where none is."""
    if len(header) > _CHARACTERS_MAX:
        header = header[: max(0, header.rfind(",", 0, _CHARACTERS_MAX))]
    ranges, rest = [], header.lower()
    while rest:
        found = _RANGE.match(rest)
        if found is None:
            return Language.ZH_HANT
        ranges.append((float(found[2] or 1), found[1]))
        rest = rest[found.end() :]
    for _, tag in sorted(ranges, key=lambda each: -each[0]):
        if tag == "*":
            break
        language = _language_of(tag)
        if language is not None:
            return language
    return Language.ZH_HANT


def _language_of(tag: str) -> Language | None:
    while tag:
        if tag in _TAGS:
            return _TAGS[tag]
        tag = tag.rpartition("-")[0]
    return None
