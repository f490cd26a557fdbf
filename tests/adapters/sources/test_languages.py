"""A tag is normalised; a guess is made only where there is little doubt."""

import pytest

from tongguan.adapters.sources.languages import guessed_language, language_of_tag

HANS = "港务长今天说，两岸渡轮的准备工作已经就绪，详情将于下星期公布，请市民留意。"
HANT = "政府宣布，渡輪將於下星期恢復，名額有限，市民須於網上預約，詳情請瀏覽網頁。"
ENGLISH = "The harbour office said that the ferries are to return in spring, and seats are limited."


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh-CN", "zh-Hans"),
        ("zh_TW", "zh-Hant"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh-Hant-CN", "zh-Hant"),
        ("yue-HK", "zh-Hant"),
        ("en_GB", "en"),
        ("PT-br", "pt-br"),
        ("zh", None),
        ("", None),
        ("Chinese!", None),
    ],
)
def test_tag__becomes__the_projects_own(tag: str, language: str | None) -> None:
    assert language_of_tag(tag) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (HANS, "zh-Hans"),
        (HANT, "zh-Hant"),
        (ENGLISH, "en"),
        (HANS + HANT, None),
        ("中文", None),
        ("渡輪の運航は来週から再開されます。ご予約ください。", None),
        ("Die Fähren kehren im Frühjahr zurück, sagte das Hafenamt, aber Plätze sind knapp.", None),
        ("", None),
    ],
)
def test_language__is_guessed__with_care(text: str, language: str | None) -> None:
    assert guessed_language(text) == language
