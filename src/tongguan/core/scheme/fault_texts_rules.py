"""The words of faults of places, health and change."""

from collections.abc import Mapping
from typing import Final

from tongguan.core.scheme.faults import FaultCode
from tongguan.core.texts import Text


def _words(zh_hant: str, zh_hans: str, en: str) -> Text:
    return Text(zh_hant=zh_hant, zh_hans=zh_hans, en=en)


RULE_TEXTS: Final[Mapping[FaultCode, tuple[Text, Text]]] = {
    FaultCode.BREAKER_WITHOUT_MEASURE: (
        _words(
            "此停運條件要自行啟動，卻沒有寫須守住哪個數字。",
            "该停运条件要自行启动，却没有写须守住哪个数字。",
            "This breaker suspends by itself, but no figure says when.",
        ),
        _words(
            "請在 keeps 寫明數字，或寫 by_itself: false。",
            "请在 keeps 写明数字，或写 by_itself: false。",
            "Write a measure under keeps, or by_itself: false.",
        ),
    ),
    FaultCode.DAYS_WITHOUT_MOVE: (
        _words(
            "寫了 move_days_max，但 places 內沒有 move。",
            "写了 move_days_max，但 places 内没有 move。",
            "move_days_max is stated, but move is not among places.",
        ),
        _words(
            "請刪去 move_days_max，或在 places 加上 move。",
            "请删去 move_days_max，或在 places 加上 move。",
            "Remove move_days_max, or add move to places.",
        ),
    ),
    FaultCode.DENIED_KIND_DIFFERS: (
        _words(
            "代碼「{value}」的位數與 kind 不符。",
            "代码“{value}”的位数与 kind 不符。",
            "The code “{value}” has not the digits of its kind.",
        ),
        _words(
            '九位街道代碼請寫 kind: "street"；兩位、四位或六位請寫 kind: "division"。',
            '九位街道代码请写 kind: "street"；两位、四位或六位请写 kind: "division"。',
            'Write kind: "street" for nine digits, kind: "division" for two, four or six.',
        ),
    ),
    FaultCode.DENIED_OUTSIDE_ALLOWED: (
        _words(
            "「{value}」本來就不在准許範圍內。",
            "“{value}”本来就不在准许范围内。",
            "“{value}” lies in nothing that is allowed, so there is nothing to deny.",
        ),
        _words(
            "請刪去，或寫以下各地之內的代碼：{allowed}。",
            "请删去，或写以下各地之内的代码：{allowed}。",
            "Remove it, or write a code within: {allowed}.",
        ),
    ),
    FaultCode.DIVISION_COVERED: (
        _words(
            "「{value}」已包括在同一列表的「{other}」內。",
            "“{value}”已包括在同一列表的“{other}”内。",
            "“{value}” already lies within “{other}” of the same list.",
        ),
        _words(
            "請只保留所指的一個。",
            "请只保留所指的一个。",
            "Keep the one that is meant.",
        ),
    ),
    FaultCode.FINDING_NOT_ASKED: (
        _words(
            "「{value}」不會出現：方向「{other}」沒有要求這種證明。",
            "“{value}”不会出现：方向“{other}”没有要求这种证明。",
            "“{value}” cannot be found: no such document is asked for on “{other}”.",
        ),
        _words(
            "請刪去，或在 health 的 codes、tests 或 requirements 要求該證明。",
            "请删去，或在 health 的 codes、tests 或 requirements 要求该证明。",
            "Remove it, or ask for the document under codes, tests or requirements of health.",
        ),
    ),
    FaultCode.FINDING_TWICE: (
        _words(
            "方向「{direction}」的「{value}」已由「{other}」訂明。",
            "方向“{direction}”的“{value}”已由“{other}”订明。",
            "“{other}” already says what “{value}” leads to on “{direction}”.",
        ),
        _words(
            "請只在一項內寫明此情況。",
            "请只在一项内写明此情况。",
            "Name this finding in one of them alone.",
        ),
    ),
    FaultCode.MEASURE_NOT_ONE: (
        _words(
            "沒有寫界限，或寫了兩個。",
            "没有写界限，或写了两个。",
            "The measure has no bound, or two.",
        ),
        _words(
            "請只寫 at_most 或 at_least 其中一個。",
            "请只写 at_most 或 at_least 其中一个。",
            "Write either at_most or at_least.",
        ),
    ),
    FaultCode.METRIC_UNKNOWN: (
        _words(
            "數字「{value}」不在 metrics 內。",
            "数字“{value}”不在 metrics 内。",
            "No figure “{value}” stands under metrics.",
        ),
        _words(
            "請寫其中之一：{allowed}，或先在 metrics 內寫明。",
            "请写其中之一：{allowed}，或先在 metrics 中写明。",
            "Write one of: {allowed}, or write it under metrics first.",
        ),
    ),
    FaultCode.MOVE_LAST: (
        _words(
            "改期未必有空位，但之後沒有寫怎樣處理。",
            "改期未必有空位，但之后没有写怎样处理。",
            "There may be no room to move a place to, and nothing says what then.",
        ),
        _words(
            "請在 move 之後寫 honour 或 revoke。",
            "请在 move 之后写 honour 或 revoke。",
            "Write honour or revoke after move.",
        ),
    ),
    FaultCode.MOVE_WITHOUT_DAYS: (
        _words(
            "沒有寫最多可改到幾日之後。",
            "没有写最多可改到几日之后。",
            "Nothing says how many days later a place may be moved.",
        ),
        _words(
            "請加上 move_days_max。",
            "请加上 move_days_max。",
            "Add move_days_max.",
        ),
    ),
    FaultCode.NOT_EXPRESSIBLE_TOO_MANY: (
        _words(
            "not_expressible 有 {value} 項，最多只可 {maximum} 項。",
            "not_expressible 有 {value} 项，最多只可 {maximum} 项。",
            "There are {value} entries under not_expressible; {maximum} are the most.",
        ),
        _words(
            "請保留最重要的 {maximum} 項；其餘先看看本語言能否寫出。",
            "请保留最重要的 {maximum} 项；其余先看看本语言能否写出。",
            "Keep the {maximum} that matter most, and see whether the language can say the rest.",
        ),
    ),
    FaultCode.PERCENT_ABOVE_HUNDRED: (
        _words(
            "「{other}」是百分比，{value} 卻大於 100。",
            "“{other}”是百分比，{value} 却大于 100。",
            "“{other}” is a percentage, and {value} is above 100.",
        ),
        _words(
            "請寫 0 至 100 的整數。",
            "请写 0 至 100 的整数。",
            "Write a whole number from 0 to 100.",
        ),
    ),
    FaultCode.REMEDY_NEVER_REACHED: (
        _words(
            "「{value}」一定做得到，寫在其後的永遠用不上。",
            "“{value}”一定做得到，写在其后的永远用不上。",
            "“{value}” is always possible, so what stands after it is never tried.",
        ),
        _words(
            "請刪去其後各項，或把它移到最後。",
            "请删去其后各项，或把它移到最后。",
            "Remove what comes after it, or put it last.",
        ),
    ),
    FaultCode.SET_ASIDE_CITED: (
        _words(
            "此條文既引用說法「{value}」，又說不採納它。",
            "本条文既引用说法“{value}”，又说不采纳它。",
            "This clause rests on the claim “{value}” and also sets it aside.",
        ),
        _words(
            "請從 claims 或 set_aside 刪去其中一個。",
            "请从 claims 或 set_aside 删去其中一个。",
            "Remove it from claims or from set_aside.",
        ),
    ),
    FaultCode.STREET_WITHOUT_NAME: (
        _words(
            "街道「{value}」沒有名稱；本程式的代碼表不載街道。",
            "街道“{value}”没有名称；本程序的代码表不载街道。",
            "The street “{value}” has no name, and no table here holds its code.",
        ),
        _words(
            "請加上 name，三種文字都要有。",
            "请加上 name，三种文字都要有。",
            "Add name in all three languages.",
        ),
    ),
    FaultCode.TEST_AGE_NOT_ONE: (
        _words(
            "檢測的有效期沒有寫明，或寫了兩種。",
            "检测的有效期没有写明，或写了两种。",
            "The test has no greatest age, or two.",
        ),
        _words(
            "請只寫 within_hours（小時）或 within_days（曆日）其中一個。",
            "请只写 within_hours（小时）或 within_days（日历日）其中一个。",
            "Write either within_hours or within_days.",
        ),
    ),
}
"""What is wrong, and what to write, by code."""
