"""``docs/evidence-feeds.md`` says what the reader of batches takes."""

import json
import re
from pathlib import Path

from tests.builders.authorities import START
from tests.builders.evidence import source_signing_key
from tongguan.core.evidence.batch import MEDIA_TYPE, sign_batch
from tongguan.core.evidence.batch_content import WithdrawalReason, read_content
from tongguan.core.evidence.batch_facts import STATED_KINDS
from tongguan.core.evidence.batch_faults import BatchFault
from tongguan.core.people import DocumentType

PAGE = (Path(__file__).parents[3] / "docs" / "evidence-feeds.md").read_text(encoding="utf-8")


def test_example__of_the_page__can_be_signed() -> None:
    example = re.findall(r"(?ms)^```json\n(\{.*?\n\})\n```$", PAGE)[0]
    read = read_content(json.loads(example))
    assert read.issued_at == START
    assert sign_batch(read, source_signing_key(read.source))


def test_page__names__every_code_kind_and_word() -> None:
    rows = " ".join(re.findall(r"(?m)^\|.*$", PAGE))
    for words in (BatchFault, WithdrawalReason, STATED_KINDS):
        assert all(f"`{each.value}`" in rows for each in words)  # type: ignore[attr-defined]
    assert all(f"`{each.value}`" in PAGE for each in DocumentType)
    assert MEDIA_TYPE in PAGE
