"""Words for people: one text always stands in three languages."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """The languages of every page, decision and scheme, by BCP 47 tag."""

    ZH_HANT = "zh-Hant"
    ZH_HANS = "zh-Hans"
    EN = "en"


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """The same statement in the three languages; none may be empty."""

    zh_hant: str
    zh_hans: str
    en: str

    def in_language(self, language: Language) -> str:
        """The words in one language."""
        match language:
            case Language.ZH_HANT:
                return self.zh_hant
            case Language.ZH_HANS:
                return self.zh_hans
            case Language.EN:
                return self.en
