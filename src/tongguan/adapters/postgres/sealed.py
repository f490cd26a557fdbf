"""Sealing of columns: one nonce a value, from the operating system; JSON inside."""

import json
import os
from dataclasses import dataclass, field
from typing import Any

from tongguan.core.sealing import NONCE_BYTES, SealingKey


@dataclass(frozen=True, kw_only=True, slots=True)
class Seals:
    """Seals values for a column and row, and opens them again."""

    key: SealingKey = field(repr=False)

    def seal(self, value: Any, column: str, row: str) -> bytes:
        """The value as sealed JSON for ``table.column`` of this row."""
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return self.key.seal(plain, place=f"{column}/{row}", nonce=os.urandom(NONCE_BYTES))

    def open(self, sealed: bytes, column: str, row: str) -> Any:
        """The value that was sealed for this column and row."""
        return json.loads(self.key.open(sealed, place=f"{column}/{row}"))
