"""The words of every fault, in three languages: what is wrong, and what to write instead."""

from collections.abc import Mapping
from typing import Final

from tongguan.core.scheme.fault_texts_amendment import AMENDMENT_TEXTS
from tongguan.core.scheme.fault_texts_annexes import ANNEX_TEXTS
from tongguan.core.scheme.fault_texts_form import FORM_TEXTS
from tongguan.core.scheme.fault_texts_health import HEALTH_TEXTS
from tongguan.core.scheme.fault_texts_meaning import MEANING_TEXTS
from tongguan.core.scheme.fault_texts_quotas import QUOTA_TEXTS
from tongguan.core.scheme.fault_texts_rules import RULE_TEXTS
from tongguan.core.scheme.faults import Fault, FaultCode, Position
from tongguan.core.texts import Text

FAULT_TEXTS: Final = {
    **FORM_TEXTS,
    **MEANING_TEXTS,
    **QUOTA_TEXTS,
    **RULE_TEXTS,
    **HEALTH_TEXTS,
    **AMENDMENT_TEXTS,
    **ANNEX_TEXTS,
}


def describe(code: FaultCode, *, path: str, position: Position, facts: Mapping[str, str]) -> Fault:
    """The fault with its words; ``facts`` fill the places that the words of the code name."""
    message, remedy = FAULT_TEXTS[code]
    line, column = position
    return Fault(
        code=code,
        path=path,
        line=line,
        column=column,
        message=_filled(message, facts),
        remedy=_filled(remedy, facts),
    )


def _filled(text: Text, facts: Mapping[str, str]) -> Text:
    return Text(
        zh_hant=text.zh_hant.format_map(facts),
        zh_hans=text.zh_hans.format_map(facts),
        en=text.en.format_map(facts),
    )
