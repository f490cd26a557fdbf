"""The words of faults of quotas and of when places may be taken."""

from collections.abc import Mapping
from typing import Final

from tongguan.core.scheme.faults import FaultCode
from tongguan.core.texts import Text


def _words(zh_hant: str, zh_hans: str, en: str) -> Text:
    return Text(zh_hant=zh_hant, zh_hans=zh_hans, en=en)


QUOTA_TEXTS: Final[Mapping[FaultCode, tuple[Text, Text]]] = {
    FaultCode.BOUNDS_CROSSED: (
        _words(
            "附件最多可提前 {value} 日，卻規定最少提前 {other} 日。",
            "附件最多可提前 {value} 日，却规定至少提前 {other} 日。",
            "An annex offers at most {value} days ahead, yet must offer at least {other}.",
        ),
        _words(
            "請讓 days_ahead_max 不小於 days_ahead_min。",
            "请让 days_ahead_max 不小于 days_ahead_min。",
            "Let days_ahead_max be no less than days_ahead_min.",
        ),
    ),
    FaultCode.CARRY_OVER_OF_PERSON: (
        _words(
            "按人計算的名額不能結轉到下一期。",
            "按人计算的名额不能结转到下一期。",
            "A quota that counts each person hands nothing on to its next window.",
        ),
        _words(
            "請刪去 carry_over：每人每期的名額都相同。",
            "请删去 carry_over：每人每期的名额都相同。",
            "Remove carry_over: everyone has the same number in every window.",
        ),
    ),
    FaultCode.CARRY_OVER_OF_RESERVE: (
        _words(
            "預留名額不能結轉到下一期。",
            "预留名额不能结转到下一期。",
            "A reserve hands nothing on to its next window.",
        ),
        _words(
            "請把 carry_over 寫在它所屬的上限 (cap)，此處刪去。",
            "请把 carry_over 写在它所属的上限 (cap)，此处删去。",
            "Write carry_over at the cap that it is kept from, and remove it here.",
        ),
    ),
    FaultCode.DEADLINE_NOT_ONE: (
        _words(
            "時限沒有寫明，或寫了兩種。",
            "时限没有写明，或写了两种。",
            "The deadline says no moment, or two.",
        ),
        _words(
            "請只寫 minutes_before；或寫 days_before 連同 at。",
            "请只写 minutes_before；或写 days_before 连同 at。",
            "Write minutes_before alone, or days_before together with at.",
        ),
    ),
    FaultCode.HOURS_EMPTY: (
        _words(
            "預約時間由 {value} 到 {value}，沒有一分鐘。",
            "预约时间由 {value} 到 {value}，没有一分钟。",
            "The booking hours from {value} to {value} hold no minute.",
        ),
        _words(
            "請寫不同的 closes；若是全日，請寫 hours: null。",
            "请写不同的 closes；若是全天，请写 hours: null。",
            "Write another time under closes; for round the clock write hours: null.",
        ),
    ),
    FaultCode.LIMIT_NOT_OF_EACH: (
        _words(
            "此名額沒有以 each 分開計算「{value}」。",
            "该名额没有以 each 分开计算“{value}”。",
            "This quota does not count “{value}” with each.",
        ),
        _words(
            "請只寫以 each 分開計算的項目：{allowed}；或把 counts 改為 each。",
            "请只写以 each 分开计算的项目：{allowed}；或把 counts 改为 each。",
            "Name only what it counts with each: {allowed}; or write each under counts.",
        ),
    ),
    FaultCode.NO_SHOW_OF_WAY_HOME: (
        _words(
            "no_show_hours 由去程時段結束起計，寫在回程便沒有意思。",
            "no_show_hours 从去程时段结束起算，写在返程便没有意义。",
            "no_show_hours counts from the slot of the way out; on the way home it says nothing.",
        ),
        _words(
            "請把它寫在去程的 booking，此處刪去。",
            "请把它写在去程的 booking，此处删去。",
            "Write it in the booking of the way out, and remove it here.",
        ),
    ),
    FaultCode.NO_SHOW_TOO_SOON: (
        _words(
            "{value} 小時後便收回回程名額，而關口可離線更久，或遲到的人仍可過關。",
            "{value} 小时后便收回返程名额，而口岸可离线更久，或迟到的人仍可通关。",
            "Places home are given back after {value} hours, yet a gate may be cut off for longer, "
            "or someone late may still cross.",
        ),
        _words(
            "請寫 {other} 或以上：不少於 credentials 的名單時效和 lateness 的寬限。",
            "请写 {other} 或以上：不少于 credentials 的名单时效和 lateness 的宽限。",
            "Write {other} or more: no less than the age of lists in credentials and the grace of "
            "lateness.",
        ),
    ),
    FaultCode.PARTIAL_WEEKS_OF_DAY: (
        _words(
            "partial_weeks 用於每周名額，此名額卻按日計算。",
            "partial_weeks 用于每周名额，该名额却按日计算。",
            "partial_weeks is for weekly quotas, and this one is daily.",
        ),
        _words(
            "請刪去 partial_weeks。",
            "请删去 partial_weeks。",
            "Remove partial_weeks.",
        ),
    ),
    FaultCode.QUOTA_UNKNOWN: (
        _words(
            "名額「{value}」不在此階段內。",
            "名额“{value}”不在本阶段内。",
            "No quota “{value}” stands in this phase.",
        ),
        _words(
            "請寫其中一個上限：{allowed}。",
            "请写其中一个上限：{allowed}。",
            "Write one of its caps: {allowed}.",
        ),
    ),
    FaultCode.RELEASE_NOT_ONE: (
        _words(
            "一次放出名額必須恰好是一種：once、weekly 或 daily。",
            "一次放出名额必须恰好是一种：once、weekly 或 daily。",
            "A release must be exactly one of once, weekly and daily.",
        ),
        _words(
            "請只寫其中一種；其餘在 releases 內另寫一項。",
            "请只写其中一种；其余在 releases 中另写一项。",
            "Write one of them; write the others as releases of their own.",
        ),
    ),
    FaultCode.RESERVE_COUNTS_DIFFER: (
        _words(
            "「{other}」計算的 {value}，與此預留名額所計算的不同。",
            "“{other}”计算的 {value}，与该预留名额所计算的不同。",
            "The reserve does not count {value} as its cap “{other}” does.",
        ),
        _words(
            "請在 counts 寫 {allowed}。",
            "请在 counts 写 {allowed}。",
            "Write {allowed} under counts.",
        ),
    ),
    FaultCode.RESERVE_COUNTS_PERSON: (
        _words(
            "按每人計算的名額不能預留，也不能從中預留（上限「{other}」）。",
            "按每人计算的名额不能预留，也不能从中预留（上限“{other}”）。",
            "Neither a reserve nor its cap “{other}” may count per person.",
        ),
        _words(
            "請從 counts 刪去 person，或另選上限。",
            "请从 counts 删去 person，或另选上限。",
            "Remove person from counts, or name another cap.",
        ),
    ),
    FaultCode.RESERVE_MISSING: (
        _words(
            "這是預留名額，卻沒有寫從哪個上限預留。",
            "这是预留名额，却没有写从哪个上限预留。",
            "This is a reserve, but nothing says which cap it is kept from.",
        ),
        _words(
            "請加上 reserve，內寫 inside 和 order_of_use。",
            "请加上 reserve，内写 inside 和 order_of_use。",
            "Add reserve with inside and order_of_use.",
        ),
    ),
    FaultCode.RESERVE_OF_NO_CAP: (
        _words(
            "「{value}」不是上限，不能從中預留。",
            "“{value}”不是上限，不能从中预留。",
            "“{value}” is no cap, so nothing can be kept from it.",
        ),
        _words(
            "請寫一個上限：{allowed}。",
            "请写一个上限：{allowed}。",
            "Write a cap: {allowed}.",
        ),
    ),
    FaultCode.RESERVE_PER_DIFFERS: (
        _words(
            "預留名額按 {value} 計算，上限「{other}」卻按 {allowed} 計算。",
            "预留名额按 {value} 计算，上限“{other}”却按 {allowed} 计算。",
            "The reserve is per {value}, its cap “{other}” per {allowed}.",
        ),
        _words(
            "請寫 per: {allowed}。",
            "请写 per: {allowed}。",
            "Write per: {allowed}.",
        ),
    ),
    FaultCode.RESERVE_UNEXPECTED: (
        _words(
            "此名額不是預留名額，卻寫了 reserve。",
            "该名额不是预留名额，却写了 reserve。",
            "This quota is no reserve, yet says what it is kept from.",
        ),
        _words(
            '請刪去 reserve，或寫 kind: "reserve"。',
            '请删去 reserve，或写 kind: "reserve"。',
            'Remove reserve, or write kind: "reserve".',
        ),
    ),
    FaultCode.RESERVES_ABOVE_CAP: (
        _words(
            "從「{other}」預留的名額共 {value}，多於其上限 {limit}（以 each 分開的每份都計算）。",
            "从“{other}”预留的名额共 {value}，多于其上限 {limit}（以 each 分开的每份都计算）。",
            "The reserves inside “{other}” keep {value}, all parts counted; its limit is {limit}.",
        ),
        _words(
            "請減少預留名額，使總數不多於 {limit}。",
            "请减少预留名额，使总数不多于 {limit}。",
            "Keep less, so that the sum is no more than {limit}.",
        ),
    ),
    FaultCode.SPONSOR_UNKNOWN: (
        _words(
            "保薦機構「{value}」不在此階段的 sponsors 內。",
            "保荐机构“{value}”不在本阶段的 sponsors 内。",
            "No sponsor “{value}” stands in this phase.",
        ),
        _words(
            "請寫其中之一：{allowed}，或先在 sponsors 內寫明。",
            "请写其中之一：{allowed}，或先在 sponsors 中写明。",
            "Write one of: {allowed}, or write it under sponsors first.",
        ),
    ),
    FaultCode.SPONSORS_MISSING: (
        _words(
            "此處要靠保薦機構，但此階段一個也沒有寫。",
            "此处要靠保荐机构，但本阶段一个也没有写。",
            "This asks for sponsors, but the phase lists none.",
        ),
        _words(
            "請在 sponsors 內寫明各保薦機構。",
            "请在 sponsors 中写明各保荐机构。",
            "Write the bodies under sponsors of the phase.",
        ),
    ),
    FaultCode.WEEKDAYS_OF_WEEK: (
        _words(
            "每周名額以整周為一期，不能只在某幾日另定數目。",
            "每周名额以整周为一期，不能只在某几日另定数目。",
            "A window of this quota is a week; single days in it have no limit of their own.",
        ),
        _words(
            "請刪去 weekdays，或另寫一個每日名額。",
            "请删去 weekdays，或另写一个每日名额。",
            "Remove weekdays, or write a quota per day.",
        ),
    ),
}
"""What is wrong, and what to write, by code."""
