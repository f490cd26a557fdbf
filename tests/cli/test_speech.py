"""The language follows the locale."""

import pytest

from tongguan.cli.speech import language_of_locale
from tongguan.core.texts import Language


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("zh_HK.UTF-8", Language.ZH_HANT),
        ("zh-Hant", Language.ZH_HANT),
        ("zh_TW", Language.ZH_HANT),
        ("zh_MO", Language.ZH_HANT),
        ("zh_CN.UTF-8", Language.ZH_HANS),
        ("zh-Hans", Language.ZH_HANS),
        ("zh", Language.ZH_HANS),
        ("en_GB.UTF-8", Language.EN),
        ("C", Language.EN),
        ("fr_FR", Language.EN),
    ],
)
def test_locale__names__a_language(locale: str, language: Language) -> None:
    assert language_of_locale(locale) is language
