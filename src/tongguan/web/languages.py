"""The reader's language: the path's prefix says it, Accept-Language proposes it."""

from django.http import HttpRequest
from django.urls import translate_url
from django.utils import translation

from tongguan.core.texts import Language

CODES = {
    Language.ZH_HANT: "zh-hant",
    Language.ZH_HANS: "zh-hans",
    Language.EN: "en",
}
"""Django's code of each language, which is also the path's prefix."""

NAMES = {
    Language.ZH_HANT: "繁體中文",
    Language.ZH_HANS: "简体中文",
    Language.EN: "English",
}
"""What each language calls itself."""

_LANGUAGES = {code: language for language, code in CODES.items()}


def current_language() -> Language:
    """The language of the page being made; Traditional Chinese outside of any page."""
    return _LANGUAGES.get(translation.get_language() or "", Language.ZH_HANT)


def accepted_language(request: HttpRequest) -> Language:
    """The language that Accept-Language prefers, for the API, which has no prefix."""
    return _LANGUAGES.get(translation.get_language_from_request(request), Language.ZH_HANT)


def same_page_in(request: HttpRequest, language: Language) -> str:
    """The address of this page in another language, or of the front page when it has none."""
    here = request.get_full_path()
    there = translate_url(here, CODES[language])
    found = request.resolver_match is not None and (there != here or language is current_language())
    return there if found else f"/{CODES[language]}/"
