"""The words of faults of meaning: what a well-formed file may not say."""

from collections.abc import Mapping
from typing import Final

from tongguan.core.scheme.faults import FaultCode
from tongguan.core.texts import Text


def _words(zh_hant: str, zh_hans: str, en: str) -> Text:
    return Text(zh_hant=zh_hant, zh_hans=zh_hans, en=en)


MEANING_TEXTS: Final[Mapping[FaultCode, tuple[Text, Text]]] = {
    FaultCode.ASSUMED_FIELD_EMPTY: (
        _words(
            "「{value}」標為假設，但該欄沒有值。",
            "“{value}”标为假设，但该字段没有值。",
            "“{value}” is marked as assumed, but that field holds nothing.",
        ),
        _words(
            "請填上假設的值，或刪去此項理由。",
            "请填上假设的值，或删去该项理由。",
            "Write the assumed value, or remove this reason.",
        ),
    ),
    FaultCode.ASSUMED_FIELD_UNKNOWN: (
        _words(
            "假設理由所指的欄「{value}」不在此條文內。",
            "假设理由所指的字段“{value}”不在本条文内。",
            "The reason names a field “{value}” that this clause does not have.",
        ),
        _words(
            "請寫此條文本身的欄：{allowed}。",
            "请写本条文自身的字段：{allowed}。",
            "Name a field of this very clause: {allowed}.",
        ),
    ),
    FaultCode.CATEGORY_UNKNOWN: (
        _words(
            "類別「{value}」不在此階段內。",
            "类别“{value}”不在本阶段内。",
            "No category “{value}” stands in this phase.",
        ),
        _words(
            "請寫其中之一：{allowed}。",
            "请写其中之一：{allowed}。",
            "Write one of: {allowed}.",
        ),
    ),
    FaultCode.CLAIM_UNKNOWN: (
        _words(
            "引用的說法「{value}」並不存在。",
            "引用的说法“{value}”并不存在。",
            "The claim “{value}” that is cited does not exist.",
        ),
        _words(
            "請引用其中之一：{allowed}，或先在 claims 內寫明。",
            "请引用其中之一：{allowed}，或先在 claims 中写明。",
            "Cite one of: {allowed}, or write the claim under claims first.",
        ),
    ),
    FaultCode.CLAUSE_WITHOUT_SOURCE: (
        _words(
            "此條文沒有出處。",
            "本条文没有出处。",
            "This clause has no source.",
        ),
        _words(
            "請以 claims 引用說法，或在 assumed 內逐欄寫明假設的理由。",
            "请以 claims 引用说法，或在 assumed 中逐字段写明假设的理由。",
            "Cite claims under claims, or give the reason for each field under assumed.",
        ),
    ),
    FaultCode.CONTROL_POINT_UNKNOWN: (
        _words(
            "管制站「{value}」不在此階段的 entry 內。",
            "口岸“{value}”不在本阶段的 entry 内。",
            "No control point “{value}” stands under entry of this phase.",
        ),
        _words(
            "請寫其中之一：{allowed}。",
            "请写其中之一：{allowed}。",
            "Write one of: {allowed}.",
        ),
    ),
    FaultCode.DATA_ENDS_TOO_EARLY: (
        _words(
            "個人資料於 {value} 刪除，階段「{other}」的最後時段卻到 {later} 才結束。",
            "个人数据于 {value} 删除，阶段“{other}”的最后时段却到 {later} 才结束。",
            "Personal data is deleted on {value}, but the last slot of “{other}” ends on {later}.",
        ),
        _words(
            "請把 data 的 ends 寫為 {later} 或以後，或把階段的 ends 提前。",
            "请把 data 的 ends 写为 {later} 或以后，或把阶段的 ends 提前。",
            "Let data end on {later} or later, or let the phase end earlier.",
        ),
    ),
    FaultCode.DATES_OUT_OF_ORDER: (
        _words(
            "{later} 早於 {earlier}。",
            "{later} 早于 {earlier}。",
            "{later} lies before {earlier}.",
        ),
        _words(
            "請按先後次序寫日期。",
            "请按先后次序写日期。",
            "Write the days in order.",
        ),
    ),
    FaultCode.DIRECTION_OF_ONE_PARTY: (
        _words(
            "此方向的起點與終點同為「{value}」。",
            "该方向的起点与终点同为“{value}”。",
            "This direction begins and ends at “{value}”.",
        ),
        _words(
            "請在 origin 與 destination 寫兩個不同的當局。",
            "请在 origin 与 destination 写两个不同的当局。",
            "Write two different parties under origin and destination.",
        ),
    ),
    FaultCode.DIRECTION_UNKNOWN: (
        _words(
            "方向「{value}」不在此階段內。",
            "方向“{value}”不在本阶段内。",
            "No direction “{value}” stands in this phase.",
        ),
        _words(
            "請寫其中之一：{allowed}。",
            "请写其中之一：{allowed}。",
            "Write one of: {allowed}.",
        ),
    ),
    FaultCode.DIVISION_UNKNOWN: (
        _words(
            "區劃代碼「{value}」不在 GB/T 2260（{revision}）表內。",
            "区划代码“{value}”不在 GB/T 2260（{revision}）表内。",
            "“{value}” is no division of the GB/T 2260 table ({revision}).",
        ),
        _words(
            '請寫表內的兩位、四位或六位代碼，例如 "44" 或 "440300"。',
            '请写表内的两位、四位或六位代码，例如 "44" 或 "440300"。',
            'Write a code of the table with two, four or six digits, such as "44" or "440300".',
        ),
    ),
    FaultCode.DUPLICATE_ID: (
        _words(
            "「{value}」在同一列表內出現兩次。",
            "“{value}”在同一列表内出现两次。",
            "“{value}” stands twice in the same list.",
        ),
        _words(
            "請改其中一個，或刪去重複的一項。",
            "请改其中一个，或删去重复的一项。",
            "Rename one of them, or remove the one too many.",
        ),
    ),
    FaultCode.FALLBACK_CYCLE: (
        _words(
            "類別的退路繞成一圈：{value}。",
            "类别的退路绕成一圈：{value}。",
            "The fallbacks of categories run in a circle: {value}.",
        ),
        _words(
            "請刪去其中一段 fallback。",
            "请删去其中一段 fallback。",
            "Remove one fallback of the circle.",
        ),
    ),
    FaultCode.HOME_DIRECTION_MISSING: (
        _words(
            "必須同時預約回程，但此階段沒有回程方向。",
            "必须同时预约返程，但本阶段没有返程方向。",
            "A place home is required, but this phase has no direction home.",
        ),
        _words(
            "請加上 leg: home 的方向，或不要求回程名額。",
            "请加上 leg: home 的方向，或不要求返程名额。",
            "Add a direction with leg: home, or do not require a place home.",
        ),
    ),
    FaultCode.ISSUER_NO_PARTY: (
        _words(
            "健康碼的簽發當局「{value}」不是此計劃的一方。",
            "健康码的签发当局“{value}”不是本计划的一方。",
            "“{value}”, which issues the health code, is no party of the scheme.",
        ),
        _words(
            "請寫其中之一：{allowed}。",
            "请写其中之一：{allowed}。",
            "Write one of: {allowed}.",
        ),
    ),
    FaultCode.KEEPERS_DIFFER: (
        _words(
            "必須同時預約回程，但去程的名額由 {value} 管理，回程的由 {other} 管理，"
            "無人可一併預約。",
            "必须同时预约返程，但去程的名额由 {value} 管理，返程的由 {other} 管理，"
            "无人可一并预约。",
            "A place home is required, but {value} keeps the places of the way out and {other} "
            "those of the way home, so nobody can book both together.",
        ),
        _words(
            "請把兩個方向的名額交由同一方管理，或不要求回程名額。",
            "请把两个方向的名额交由同一方管理，或不要求返程名额。",
            "Let one authority keep both directions, or do not require a place home.",
        ),
    ),
    FaultCode.PARTY_UNKNOWN: (
        _words(
            "「{value}」不是此計劃的一方。",
            "“{value}”不是本计划的一方。",
            "“{value}” is no party of the scheme.",
        ),
        _words(
            "請寫其中之一：{allowed}。",
            "请写其中之一：{allowed}。",
            "Write one of: {allowed}.",
        ),
    ),
    FaultCode.PHASES_OVERLAP: (
        _words(
            "階段「{value}」與「{other}」會在同一日生效。",
            "阶段“{value}”与“{other}”会在同一日生效。",
            "The phases “{value}” and “{other}” would hold on the same days.",
        ),
        _words(
            "請把一個階段的 ends 寫在下一個階段的 not_before 之前。",
            "请把一个阶段的 ends 写在下一个阶段的 not_before 之前。",
            "Let one phase end before the not_before of the next begins.",
        ),
    ),
    FaultCode.PRECEDENCE_TWICE: (
        _words(
            "類別「{value}」與「{other}」次序相同。",
            "类别“{value}”与“{other}”次序相同。",
            "The categories “{value}” and “{other}” have the same precedence.",
        ),
        _words(
            "請給每個類別不同的 precedence。",
            "请给每个类别不同的 precedence。",
            "Give every category a precedence of its own.",
        ),
    ),
    FaultCode.SLOT_OUTSIDE_HOURS: (
        _words(
            "時段「{value}」超出所有管制站的開放時間。",
            "时段“{value}”超出所有口岸的开放时间。",
            "The slot “{value}” lies outside the hours of every control point.",
        ),
        _words(
            "請把時段放在 {allowed} 之內。",
            "请把时段放在 {allowed} 之内。",
            "Keep the slot within {allowed}.",
        ),
    ),
    FaultCode.SLOT_UNKNOWN: (
        _words(
            "時段「{value}」不在此階段的任何方向內。",
            "时段“{value}”不在本阶段的任何方向内。",
            "No direction of this phase has a slot “{value}”.",
        ),
        _words(
            "請寫其中之一：{allowed}。",
            "请写其中之一：{allowed}。",
            "Write one of: {allowed}.",
        ),
    ),
    FaultCode.SLOTS_OVERLAP: (
        _words(
            "時段「{value}」與「{other}」重疊。",
            "时段“{value}”与“{other}”重叠。",
            "The slots “{value}” and “{other}” overlap.",
        ),
        _words(
            "請讓一個時段在下一個開始時或之前結束。",
            "请让一个时段在下一个开始时或之前结束。",
            "Let one slot end when the next begins, or before.",
        ),
    ),
    FaultCode.SOURCE_UNKNOWN: (
        _words(
            "來源「{value}」並不存在。",
            "来源“{value}”并不存在。",
            "The source “{value}” does not exist.",
        ),
        _words(
            "請寫其中之一：{allowed}，或先在 sources 內寫明。",
            "请写其中之一：{allowed}，或先在 sources 中写明。",
            "Write one of: {allowed}, or write the source under sources first.",
        ),
    ),
    FaultCode.VERSION_FOLLOWS_ITSELF: (
        _words(
            "版本「{value}」說它跟隨自己。",
            "版本“{value}”说它跟随自己。",
            "The version “{value}” says that it follows itself.",
        ),
        _words(
            "請在 follows 寫前一個版本，或寫 null。",
            "请在 follows 写前一个版本，或写 null。",
            "Name the version before it under follows, or write null.",
        ),
    ),
    FaultCode.WEEK_WITHOUT_START: (
        _words(
            "名額按周計算或放出，卻沒有寫一周由哪一日開始。",
            "名额按周计算或放出，却没有写一周由哪一日开始。",
            "Places go by the week, but nothing says on which day a week starts.",
        ),
        _words(
            "請加上 week，內寫 starts_on；無人說明時寫 null。",
            "请加上 week，内写 starts_on；无人说明时写 null。",
            "Add week with starts_on; write null where nobody has stated it.",
        ),
    ),
}
"""What is wrong, and what to write, by code."""
