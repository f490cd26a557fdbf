"""The words of faults of form: what a file may not hold whatever it means."""

from collections.abc import Mapping
from typing import Final

from tongguan.core.scheme.faults import FaultCode
from tongguan.core.texts import Text


def _words(zh_hant: str, zh_hans: str, en: str) -> Text:
    return Text(zh_hant=zh_hant, zh_hans=zh_hans, en=en)


FORM_TEXTS: Final[Mapping[FaultCode, tuple[Text, Text]]] = {
    FaultCode.ANCHOR_REFUSED: (
        _words(
            "使用了錨點或別名「{value}」。",
            "使用了锚点或别名“{value}”。",
            "An anchor or alias “{value}” is used.",
        ),
        _words(
            "請把內容完整寫出：簽署的文本必須一眼可讀。",
            "请把内容完整写出：签署的文本必须一目了然。",
            "Write the content out in full: what is signed must be readable where it stands.",
        ),
    ),
    FaultCode.DOCUMENTS_SEVERAL: (
        _words(
            "檔案內有多於一份 YAML 文件。",
            "文件内有多于一份 YAML 文档。",
            "The file holds more than one YAML document.",
        ),
        _words(
            "一個檔案只寫一個版本，不要用 --- 分隔。",
            "一个文件只写一个版本，不要用 --- 分隔。",
            "Write one version to a file, without a second ---.",
        ),
    ),
    FaultCode.DUPLICATE_KEY: (
        _words(
            "鍵「{value}」寫了兩次。",
            "键“{value}”写了两次。",
            "The key “{value}” is written twice.",
        ),
        _words(
            "請只保留一個。",
            "请只保留一个。",
            "Keep one of them.",
        ),
    ),
    FaultCode.ENCODING_WRONG: (
        _words(
            "檔案不是有效的 UTF-8 文字。",
            "文件不是有效的 UTF-8 文本。",
            "The file is not valid UTF-8 text.",
        ),
        _words(
            "請以 UTF-8 儲存檔案。",
            "请以 UTF-8 保存文件。",
            "Save the file as UTF-8.",
        ),
    ),
    FaultCode.FLOAT_REFUSED: (
        _words(
            "「{value}」是小數。",
            "“{value}”是小数。",
            "“{value}” is a fraction.",
        ),
        _words(
            "請寫整數；若是文字，請加引號。",
            "请写整数；若是文字，请加引号。",
            "Write a whole number; if it is text, put it in quotes.",
        ),
    ),
    FaultCode.KEY_MISSING: (
        _words(
            "缺少「{value}」。",
            "缺少“{value}”。",
            "“{value}” is missing.",
        ),
        _words(
            "請加上，寫成這樣：{value}: {hint}",
            "请加上，写成这样：{value}: {hint}",
            "Add it, written like this: {value}: {hint}",
        ),
    ),
    FaultCode.KEY_UNKNOWN: (
        _words(
            "這裏不能寫「{value}」。",
            "这里不能写“{value}”。",
            "“{value}” cannot stand here.",
        ),
        _words(
            "請刪去，或改為：{allowed}。",
            "请删去，或改为：{allowed}。",
            "Remove it, or write: {allowed}.",
        ),
    ),
    FaultCode.LIST_EMPTY: (
        _words(
            "列表是空的。",
            "列表是空的。",
            "The list is empty.",
        ),
        _words(
            "請寫最少 {minimum} 項。",
            "请写至少 {minimum} 项。",
            "Write at least {minimum}.",
        ),
    ),
    FaultCode.NESTED_TOO_DEEP: (
        _words(
            "內容層層相套超過 {maximum} 層。",
            "内容层层嵌套超过 {maximum} 层。",
            "The content is nested deeper than {maximum} levels.",
        ),
        _words(
            "請按計劃語言的結構書寫。",
            "请按计划语言的结构书写。",
            "Write the structure of the scheme language.",
        ),
    ),
    FaultCode.NOT_YAML: (
        _words(
            "不是有效的 YAML：{detail}",
            "不是有效的 YAML：{detail}",
            "This is not valid YAML: {detail}",
        ),
        _words(
            "請檢查此行的縮排、引號和冒號。",
            "请检查该行的缩进、引号和冒号。",
            "Check indentation, quotes and colons of this line.",
        ),
    ),
    FaultCode.NULL_NOT_ALLOWED: (
        _words(
            "這一欄不可留空。",
            "本字段不可留空。",
            "This field cannot be left unstated.",
        ),
        _words(
            "請寫成這樣：{hint}",
            "请写成这样：{hint}",
            "Write it like this: {hint}",
        ),
    ),
    FaultCode.NUMBER_OUT_OF_RANGE: (
        _words(
            "{value} 超出範圍。",
            "{value} 超出范围。",
            "{value} is out of range.",
        ),
        _words(
            "請寫 {minimum} 至 {maximum} 的整數。",
            "请写 {minimum} 至 {maximum} 的整数。",
            "Write a whole number from {minimum} to {maximum}.",
        ),
    ),
    FaultCode.TAG_REFUSED: (
        _words(
            "使用了 YAML 標籤「{value}」。",
            "使用了 YAML 标签“{value}”。",
            "A YAML tag “{value}” is used.",
        ),
        _words(
            "請刪去標籤；文字請加引號。",
            "请删去标签；文字请加引号。",
            "Remove the tag; put text in quotes.",
        ),
    ),
    FaultCode.TEXT_EMPTY: (
        _words(
            "這一欄沒有文字。",
            "本字段没有文字。",
            "There are no words here.",
        ),
        _words(
            "請寫出內容，三種文字都要有。",
            "请写出内容，三种文字都要有。",
            "Write the words; every text stands in all three languages.",
        ),
    ),
    FaultCode.TOO_LARGE: (
        _words(
            "檔案大於 {maximum} 位元組。",
            "文件大于 {maximum} 字节。",
            "The file is larger than {maximum} bytes.",
        ),
        _words(
            "請把一個版本寫在較小的檔案內。",
            "请把一个版本写在较小的文件内。",
            "Write one version in a smaller file.",
        ),
    ),
    FaultCode.UNQUOTED: (
        _words(
            "「{value}」沒有引號。",
            "“{value}”没有引号。",
            "“{value}” stands without quotes.",
        ),
        _words(
            '日期、時間和代碼請加引號："{value}"。',
            '日期、时间和代码请加引号："{value}"。',
            'Put dates, times and codes in quotes: "{value}".',
        ),
    ),
    FaultCode.VALUE_MALFORMED: (
        _words(
            "「{value}」的寫法不對。",
            "“{value}”的写法不对。",
            "“{value}” is not written as it must be.",
        ),
        _words(
            "請寫成這樣：{hint}",
            "请写成这样：{hint}",
            "Write it like this: {hint}",
        ),
    ),
    FaultCode.VALUE_NOT_ALLOWED: (
        _words(
            "這裏不能寫「{value}」。",
            "这里不能写“{value}”。",
            "“{value}” is not allowed here.",
        ),
        _words(
            "請寫其中之一：{allowed}。",
            "请写其中之一：{allowed}。",
            "Write one of: {allowed}.",
        ),
    ),
    FaultCode.WRONG_TYPE: (
        _words(
            "「{value}」的類型不對。",
            "“{value}”的类型不对。",
            "“{value}” is of the wrong type.",
        ),
        _words(
            "請寫成這樣：{hint}",
            "请写成这样：{hint}",
            "Write it like this: {hint}",
        ),
    ),
    FaultCode.ZONE_UNKNOWN: (
        _words(
            "時區「{value}」並不存在。",
            "时区“{value}”并不存在。",
            "There is no time zone “{value}”.",
        ),
        _words(
            '請寫 IANA 時區名稱，例如 "Asia/Hong_Kong"。',
            '请写 IANA 时区名称，例如 "Asia/Hong_Kong"。',
            'Write an IANA time zone, such as "Asia/Hong_Kong".',
        ),
    ),
}
"""What is wrong, and what to write, by code."""
