"""Words of the faults of what is asked of health in one way or another."""

from typing import Final

from tongguan.core.scheme.faults import FaultCode
from tongguan.core.texts import Text


def _words(zh_hant: str, zh_hans: str, en: str) -> Text:
    return Text(zh_hant=zh_hant, zh_hans=zh_hans, en=en)


HEALTH_TEXTS: Final = {
    FaultCode.AGE_NOT_ONE: (
        _words(
            "按年齡豁免沒有寫明年齡，或寫了兩種。",
            "按年龄豁免没有写明年龄，或写了两种。",
            "The exemption by age states no age, or two.",
        ),
        _words(
            "請只寫 years_below（未滿）或 years_min（年滿）其中一個；另一個在 ways 內另寫一項。",
            "请只写 years_below（未满）或 years_min（年满）其中一个；另一个在 ways 中另写一项。",
            "Write either years_below or years_min; write the other as a way of its own.",
        ),
    ),
    FaultCode.DAYS_SINCE_CROSSED: (
        _words(
            "最多相隔 {value} 日，卻規定至少相隔 {other} 日，無人可以符合。",
            "最多相隔 {value} 日，却规定至少相隔 {other} 日，无人可以符合。",
            "At most {value} days may have passed, yet at least {other} must: nobody can meet it.",
        ),
        _words(
            "請讓 days_since_max 不小於 days_since_min。",
            "请让 days_since_max 不小于 days_since_min。",
            "Let days_since_max be no less than days_since_min.",
        ),
    ),
    FaultCode.EVERYONE_EXEMPT: (
        _words(
            "未滿 {other} 歲的人和年滿 {value} 歲的人均獲豁免，即人人豁免，要求等於沒有。",
            "未满 {other} 岁的人和年满 {value} 岁的人均获豁免，即人人豁免，要求等于没有。",
            "Those younger than {other} are exempt and those of {value} or more: that is everyone.",
        ),
        _words(
            "請讓 years_min 大於 years_below，或刪去此要求。",
            "请让 years_min 大于 years_below，或删去此要求。",
            "Let years_min be greater than years_below, or remove the requirement.",
        ),
    ),
    FaultCode.WAY_NOT_ONE: (
        _words(
            "符合要求的一種方式必須恰好是一種：test、doses、recovery、medical_ground 或 age。",
            "符合要求的一种方式必须恰好是一种：test、doses、recovery、medical_ground 或 age。",
            "A way must be exactly one of test, doses, recovery, medical_ground and age.",
        ),
        _words(
            "請只寫其中一種；其餘在 ways 內另寫一項。",
            "请只写其中一种；其余在 ways 中另写一项。",
            "Write one of them; write the others as ways of their own.",
        ),
    ),
}
"""What is wrong, and what to write, by code."""
