"""Why a file is no source that claims could cite."""

from enum import StrEnum


class SourceRefusal(StrEnum):
    """A stable code; its words stand in ``texts/sources.yaml``."""

    ADDRESS_MISSING = "address_missing"
    BINARY = "binary"
    DATE_MISSING = "date_missing"
    DATE_UNREADABLE = "date_unreadable"
    EMPTY = "empty"
    ENCODING_WRONG = "encoding_wrong"
    FRONT_MATTER_WRONG = "front_matter_wrong"
    ID_KEPT_OTHERWISE = "id_kept_otherwise"
    LANGUAGE_UNKNOWN = "language_unknown"
    NESTED_TOO_DEEP = "nested_too_deep"
    RECORD_DAMAGED = "record_damaged"
    RECORD_WRONG = "record_wrong"
    TITLE_MISSING = "title_missing"
    TOO_COSTLY = "too_costly"
    TOO_LARGE = "too_large"


class SourceRefusedError(Exception):
    """The sender's fault: the file cannot become a record; nothing was kept."""

    def __init__(self, code: SourceRefusal, **facts: str) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts
