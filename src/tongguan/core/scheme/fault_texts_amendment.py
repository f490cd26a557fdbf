"""The words of faults of amendments: what a file of changes may not say."""

from collections.abc import Mapping
from typing import Final

from tongguan.core.scheme.faults import FaultCode
from tongguan.core.texts import Text


def _words(zh_hant: str, zh_hans: str, en: str) -> Text:
    return Text(zh_hant=zh_hant, zh_hans=zh_hans, en=en)


AMENDMENT_TEXTS: Final[Mapping[FaultCode, tuple[Text, Text]]] = {
    FaultCode.AMENDMENT_BASE_AMBIGUOUS: (
        _words(
            "幾個內容不同的檔案都寫明自己是「{value}」：{files}。",
            "几个内容不同的文件都写明自己是“{value}”：{files}。",
            "Several files that differ say that they are “{value}”: {files}.",
        ),
        _words(
            "只留下所修改的那一個，其餘的移往別處，或改寫它們的 id。",
            "只留下所修改的那一个，其余的移往别处，或改写它们的 id。",
            "Leave the one that is meant and move the others away, or give them another id.",
        ),
    ),
    FaultCode.AMENDMENT_BASE_FAULTY: (
        _words(
            "所修改的版本「{value}」（檔案 {file}）本身有錯誤（{count}），"
            "第一項在該檔案第 {line} 行：{detail}",
            "所修改的版本“{value}”（文件 {file}）本身有错误（{count}），"
            "第一项在该文件第 {line} 行：{detail}",
            "The version it changes, “{value}” in {file}, has faults of its own ({count}); the "
            "first is on line {line} of that file: {detail}",
        ),
        _words(
            "請先改正 {file}。",
            "请先改正 {file}。",
            "Mend {file} first.",
        ),
    ),
    FaultCode.AMENDMENT_BASE_UNKNOWN: (
        _words(
            "找不到所修改的版本「{value}」。",
            "找不到所修改的版本“{value}”。",
            "There is no version “{value}” to change.",
        ),
        _words(
            "請寫隨本項目提供的版本代號（{allowed}），或把該版本的檔案放在同一資料夾。",
            "请写随本项目提供的版本代号（{allowed}），或把该版本的文件放在同一文件夹。",
            "Name one that comes with the project ({allowed}), or put the file of that version "
            "into the same folder.",
        ),
    ),
    FaultCode.AMENDMENT_CIRCLE: (
        _words(
            "這些版本互相修改，繞了一圈：{value}。",
            "这些版本互相修改，绕了一圈：{value}。",
            "These versions change each other in a circle: {value}.",
        ),
        _words(
            "其中一個必須修改圈外的版本，或寫成完整的版本。",
            "其中一个必须修改圈外的版本，或写成完整的版本。",
            "One of them must change a version outside the circle, or be written out in full.",
        ),
    ),
    FaultCode.AMENDMENT_TOO_DEEP: (
        _words(
            "修改之上再修改，超過 {maximum} 層。",
            "修改之上再修改，超过 {maximum} 层。",
            "More than {maximum} amendments stand one upon another.",
        ),
        _words(
            "請把其中一個版本完整寫出，再在其上修改。",
            "请把其中一个版本完整写出，再在其上修改。",
            "Write one of these versions out in full and go on from it.",
        ),
    ),
    FaultCode.CHANGE_ASSUMED_OUTSIDE: (
        _words(
            "加入的是整項條文，它的 assumed 不可寫在條文之外。",
            "加入的是整项条文，它的 assumed 不可写在条文之外。",
            "What comes in here is a whole clause, and its `assumed` stands outside it.",
        ),
        _words(
            "請把 assumed（和 claims）寫在 {key} 之內。",
            "请把 assumed（和 claims）写在 {key} 之内。",
            "Write its `assumed` (and its `claims`) inside `{key}`.",
        ),
    ),
    FaultCode.CHANGE_ITEM_EXISTS: (
        _words(
            "「{value}」已在此處。",
            "“{value}”已在此处。",
            "“{value}” stands there already.",
        ),
        _words(
            "要改它，請用 set 指明其中的值；要換掉它，請先 remove。",
            "要改它，请用 set 指明其中的值；要换掉它，请先 remove。",
            "To change it, `set` the value in it; to replace it, `remove` it first.",
        ),
    ),
    FaultCode.CHANGE_OF_ID: (
        _words(
            "「{value}」是名稱，不可更改：持有人所持的一切以它為據。",
            "“{value}”是名称，不可更改：持有人所持的一切以它为据。",
            "“{value}” is a name and cannot be changed: what people hold refers to it.",
        ),
        _words(
            "請 remove 舊項再 add 新項；版本自己的代號寫在檔案開首。",
            "请 remove 旧项再 add 新项；版本自己的代号写在文件开头。",
            "`remove` the old item and `add` a new one; the version's own id stands at the top of "
            "the file.",
        ),
    ),
    FaultCode.CHANGE_PLACE_UNKNOWN: (
        _words(
            "所修改的版本沒有「{value}」這個位置。",
            "所修改的版本没有“{value}”这个位置。",
            "The version it changes has no place “{value}”.",
        ),
        _words(
            "到「{known}」為止是對的；其下有：{allowed}。",
            "到“{known}”为止是对的；其下有：{allowed}。",
            "It is right as far as “{known}”; below it stand: {allowed}.",
        ),
    ),
    FaultCode.CHANGE_REMOVES_NOTHING: (
        _words(
            "「{value}」不是清單中的一項，不能移除。",
            "“{value}”不是清单中的一项，不能移除。",
            "“{value}” is no item of a list and cannot be removed.",
        ),
        _words(
            "要把一個值改為未說明，請用 set 並寫 to: null；清單內有：{allowed}。",
            "要把一个值改为未说明，请用 set 并写 to: null；清单内有：{allowed}。",
            "To leave a value unstated, `set` it with `to: null`; the list holds: {allowed}.",
        ),
    ),
    FaultCode.CHANGE_UNCLEAR: (
        _words(
            "這項修改不清楚：{detail}。",
            "这项修改不清楚：{detail}。",
            "This change is not clear: {detail}.",
        ),
        _words(
            "每項只寫一種：set 和 to，或 add 和 item，或 remove。",
            "每项只写一种：set 和 to，或 add 和 item，或 remove。",
            "Write one way each: `set` and `to`, or `add` and `item`, or `remove`.",
        ),
    ),
    FaultCode.CHANGE_WITHOUT_REASON: (
        _words(
            "沒有說明為何修改「{value}」。",
            "没有说明为何修改“{value}”。",
            "Nothing says why “{value}” changes.",
        ),
        _words(
            "請寫 claims 引用一項說法，或寫 assumed 說明為何如此假設。",
            "请写 claims 引用一项说法，或写 assumed 说明为何如此假设。",
            "Cite a claim under `claims`, or say under `assumed` why it is assumed.",
        ),
    ),
    FaultCode.VERSION_NOT_HIGHER: (
        _words(
            "版本號 {value} 不高於所修改版本的 {other}。",
            "版本号 {value} 不高于所修改版本的 {other}。",
            "Version {value} is not higher than version {other}, which it changes.",
        ),
        _words(
            "請寫 {other} 以上的數字。",
            "请写 {other} 以上的数字。",
            "Write a number above {other}.",
        ),
    ),
}

STANDS_IN_BASE: Final = _words(
    "（此處在版本「{base}」之中，本檔案沒有改它；因這一行的修改而不再成立。）",
    "（此处在版本“{base}”之中，本文件没有改它；因这一行的修改而不再成立。）",
    " (This stands in “{base}” and is not changed here; the change on this line makes it wrong.)",
)
"""Added where a change makes another place of the text wrong."""
