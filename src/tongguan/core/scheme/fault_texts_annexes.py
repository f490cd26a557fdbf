"""The words of faults of annexes: what an agreement does not let one authority lay down alone."""

from collections.abc import Mapping
from typing import Final

from tongguan.core.scheme.faults import FaultCode
from tongguan.core.texts import Text


def _words(zh_hant: str, zh_hans: str, en: str) -> Text:
    return Text(zh_hant=zh_hant, zh_hans=zh_hans, en=en)


ANNEX_TEXTS: Final[Mapping[FaultCode, tuple[Text, Text]]] = {
    FaultCode.ANNEX_AGREEMENT_OTHER: (
        _words(
            "附件寫明屬於「{value}」，不屬於這份協議。",
            "附件写明属于“{value}”，不属于这份协议。",
            "The annex says that it belongs to “{value}”, not to this agreement.",
        ),
        _words("請寫 {allowed}。", "请写 {allowed}。", "Write {allowed}."),
    ),
    FaultCode.ANNEX_DAY_CLOSED: (
        _words(
            "按這份附件，{day} 的名額從不開放，或開放不足24小時。",
            "按这份附件，{day} 的名额从不开放，或开放不足24小时。",
            "By this annex the places of {day} never come up, or for less than 24 hours.",
        ),
        _words(
            "請寫明每一個服務日何時開放；附件取代協議的全部開放辦法。要停止預約，請用暫停令。",
            "请写明每一个服务日何时开放；附件取代协议的全部开放办法。要停止预约，请用暂停令。",
            "Write releases that open every service day: an annex takes the place of all of the "
            "agreement's. To stop booking, suspend it.",
        ),
    ),
    FaultCode.ANNEX_DAYS_AHEAD: (
        _words(
            "按這份附件，{day} 的名額在 {value} 日之前開放，超出協議所定的範圍"
            "（最少 {minimum}，最多 {maximum}）。",
            "按这份附件，{day} 的名额在 {value} 日之前开放，超出协议所定的范围"
            "（最少 {minimum}，最多 {maximum}）。",
            "By this annex the places of {day} come up {value} days ahead; the agreement allows "
            "at least {minimum} and at most {maximum}.",
        ),
        _words(
            "請改寫開放辦法，使每一個服務日都在範圍之內開放。",
            "请改写开放办法，使每一个服务日都在范围之内开放。",
            "Write releases that open every service day within these bounds.",
        ),
    ),
    FaultCode.ANNEX_DIRECTION_ELSEWHERE: (
        _words(
            "「{value}」方向的名額由 {authority} 管理，不由這個機關管理。",
            "“{value}”方向的名额由 {authority} 管理，不由这个机关管理。",
            "The places of {value} are kept by {authority}, not by this authority.",
        ),
        _words(
            "請刪去這個方向；只有管理該方向名額的一方可以訂明其預約辦法。",
            "请删去这个方向；只有管理该方向名额的一方可以订明其预约办法。",
            "Remove this direction: only who keeps its places may lay down how they are booked.",
        ),
    ),
    FaultCode.ANNEX_HOURS_SHORT: (
        _words(
            "附件每日開放預約 {value} 分鐘，少於協議所定的 {minimum} 分鐘。",
            "附件每日开放预约 {value} 分钟，少于协议所定的 {minimum} 分钟。",
            "The annex opens booking for {value} minutes a day; the agreement asks for at least "
            "{minimum}.",
        ),
        _words(
            "請把開放時間加長至 {minimum} 分鐘或以上。",
            "请把开放时间延长至 {minimum} 分钟或以上。",
            "Lengthen the hours to {minimum} minutes or more.",
        ),
    ),
    FaultCode.ANNEX_LANGUAGE_MISSING: (
        _words(
            "附件欠缺協議所用的語文：{value}。",
            "附件缺少协议所用的语言：{value}。",
            "The annex lacks languages of the agreement: {value}.",
        ),
        _words("請加上 {value}。", "请加上 {value}。", "Add {value}."),
    ),
    FaultCode.ANNEX_NOT_ALLOWED: (
        _words(
            "協議不容許附件更改「{direction}」方向的 {value}。",
            "协议不允许附件更改“{direction}”方向的 {value}。",
            "The agreement lets no annex change {value} of {direction}.",
        ),
        _words(
            "請刪去 {value}；要更改，須由各方簽署新的協議文本。",
            "请删去 {value}；要更改，须由各方签署新的协议文本。",
            "Remove {value}; to change it, all parties sign a new text of the agreement.",
        ),
    ),
}
