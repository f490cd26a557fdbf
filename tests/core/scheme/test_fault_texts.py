"""Every fault has words in three languages, and they differ from each other."""

import string

import pytest

from tongguan.core.scheme.fault_texts import FAULT_TEXTS
from tongguan.core.scheme.faults import FaultCode
from tongguan.core.texts import Language


def test_texts__exist__for_every_code_and_no_other() -> None:
    assert set(FAULT_TEXTS) == set(FaultCode)


def test_codes__stand__in_alphabetical_order_and_read_like_their_names() -> None:
    values = [code.value for code in FaultCode]
    assert values == sorted(values)
    assert values == [code.name.lower() for code in FaultCode]


@pytest.mark.parametrize("code", list(FaultCode))
def test_text__names__the_same_facts_in_every_language(code: FaultCode) -> None:
    for text in FAULT_TEXTS[code]:
        words = [text.in_language(language) for language in Language]
        assert all(word.strip() for word in words)
        assert words[2] not in words[:2]
        facts = [{part[1] for part in string.Formatter().parse(word)} for word in words]
        assert facts[0] == facts[1] == facts[2]
