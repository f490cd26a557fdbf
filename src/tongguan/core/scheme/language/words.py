"""The kinds of value that several forms share."""

from typing import Final

from tongguan.core.people import DocumentType
from tongguan.core.scheme.language.containers import ListOf, Nullable
from tongguan.core.scheme.language.forms import Form, Node
from tongguan.core.scheme.language.reader import Kind
from tongguan.core.scheme.language.scalars import Characters, Choice, ThreeLanguages

NAME: Final = Characters(
    pattern=r"(?!(?:each|version)$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*", hint='"some-id"', maximum=40
)
"""An id in small letters; ``each`` and ``version`` have meanings of their own."""
CLAIM_NAME: Final = Characters(pattern=r"[A-Za-z][A-Za-z0-9-]*", hint='"F1"', maximum=40)
PARTY_NAME: Final = Characters(pattern=r"[A-Z]{2,8}", hint='"HK"')
CONTROL_POINT_CODE: Final = Characters(pattern=r"[A-Z][A-Z0-9]{1,7}", hint='"SZB"')
DIRECTION_NAME: Final = Characters(pattern=r"[A-Z]{2,8}-[A-Z]{2,8}", hint='"HK-GD"')
URL: Final = Characters(pattern=r"https?://[^\s\"<>\\^`{|}]+", hint='"https://…"', maximum=2000)
LANGUAGE_TAG: Final = Characters(pattern=r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", hint='"zh-Hans"')
TEXT: Final = ThreeLanguages()
DOCUMENTS: Final = ListOf(of=Choice(of=DocumentType), minimum=1, once=True)


def many(form: Form, *, minimum: int = 0) -> Kind:
    """A list of mappings of one form."""
    return ListOf(of=Node(form=form), minimum=minimum)


def maybe(kind: Kind) -> Kind:
    """A value, or null where nobody has stated it."""
    return Nullable(of=kind)
