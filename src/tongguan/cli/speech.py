"""What the command line says, in the language of whoever runs it."""

import functools
import os

from tongguan.adapters.words import words
from tongguan.core.scheme.acts import SignedAct
from tongguan.core.texts import Language

_VARIABLES = ("TONGGUAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
_TRADITIONAL = ("zh_hk", "zh_tw", "zh_mo", "zh_hant")


@functools.cache
def spoken_language() -> Language:
    """The language of this process: the first locale variable that is set decides."""
    for name in _VARIABLES:
        value = os.environ.get(name, "")
        if value:
            return language_of_locale(value)
    return Language.EN


def language_of_locale(locale: str) -> Language:
    """The language of a locale such as ``zh_HK.UTF-8``; English for any that we do not speak."""
    tag = locale.lower().replace("-", "_")
    if tag.startswith(_TRADITIONAL):
        return Language.ZH_HANT
    return Language.ZH_HANS if tag.startswith("zh") else Language.EN


def say(key: str, /, **facts: object) -> str:
    """The words under ``commands.<key>`` with the facts filled in."""
    return words(
        f"commands.{key}", spoken_language(), **{name: str(value) for name, value in facts.items()}
    )


def act_in_words(key: str, signed: SignedAct, /, **facts: str) -> str:
    """What an authority has done, with its digest and the key that signed it."""
    act = signed.act
    return say(
        key,
        authority=act.authority,
        version=act.version,
        digest=act.digest,
        signing_key=signed.key_id.hex(),
        at=act.at.isoformat(),
        **facts,
    )
