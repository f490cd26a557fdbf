"""Forms of an amendment: a file that says a new version as changes to another."""

from dataclasses import dataclass
from typing import Final

from tongguan.core.scheme.faults import Path
from tongguan.core.scheme.language.containers import ListOf
from tongguan.core.scheme.language.forms import SET_ASIDE, Form, Key, Node
from tongguan.core.scheme.language.reader import Reader
from tongguan.core.scheme.language.scalars import Characters, Whole
from tongguan.core.scheme.language.sources import CLAIM, SOURCE
from tongguan.core.scheme.language.words import CLAIM_NAME, NAME, TEXT, many, maybe
from tongguan.core.scheme.model.amendment import Amendment, TextChange

CHANGES_MAX: Final = 300

_PLACE: Final = Characters(
    pattern=r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*",
    hint='"phases/pilot/quotas/all-day/limit"',
    maximum=400,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AsWritten:
    """Whatever may stand at the place that is changed; it is read there, not here."""

    hint: str = "…"

    def read(self, value: object, path: Path, reader: Reader) -> object:  # noqa: ARG002
        """The plain data itself."""
        return value

    def write(self, value: object) -> object:
        """The plain data itself."""
        return value

    def schema(self) -> dict[str, object]:
        """Anything."""
        return {}


CHANGE: Final = Form(
    name="change",
    of=TextChange,
    says="One change: `set` a value `to` another, `add` an `item` to a list, or `remove` an item.",
    keys=(
        Key(key="set", kind=maybe(_PLACE), default=None, says="The place of a value, by ids."),
        Key(key="to", kind=AsWritten(), default=None, says="What stands there from now on."),
        Key(key="add", kind=maybe(_PLACE), default=None, says="The place of a list, by ids."),
        Key(key="item", kind=AsWritten(), default=None, says="What comes at the end of it."),
        Key(key="remove", kind=maybe(_PLACE), default=None, says="The place of an item, by ids."),
        Key(
            key="claims",
            kind=ListOf(of=CLAIM_NAME, once=True),
            default=(),
            says="Claims it rests on; they join those of the clause, whose field is no longer "
            "assumed.",
        ),
        Key(
            key="assumed",
            kind=maybe(TEXT),
            default=None,
            says="Why the new value is assumed, where no claim says it.",
        ),
        Key(
            key="set_aside",
            kind=many(SET_ASIDE),
            default=(),
            says="Rival claims that the clause no longer follows, each with the reason.",
        ),
    ),
)

AMENDMENT: Final = Form(
    name="amendment",
    of=Amendment,
    says="A new version said as changes to another; what is signed is the complete text.",
    keys=(
        Key(
            key="amends",
            kind=NAME,
            says="The id of the version that it changes: one that comes with the project, or one "
            "in a file beside this one.",
        ),
        Key(key="id", kind=NAME, says="The name of the new text."),
        Key(
            key="version",
            attribute="number",
            kind=Whole(minimum=1, maximum=1_000_000),
            says="Its number, higher than that of the version it changes.",
        ),
        Key(key="summary", kind=TEXT, says="What this version is, in a few sentences."),
        Key(key="sources", kind=many(SOURCE), default=(), says="Sources that come in addition."),
        Key(key="claims", kind=many(CLAIM), default=(), says="Claims that come in addition."),
        Key(
            key="changes",
            kind=ListOf(of=Node(form=CHANGE), minimum=1, maximum=CHANGES_MAX),
            says="What changes, one after the other.",
        ),
    ),
)

AMENDMENT_FORMS: Final = (AMENDMENT, CHANGE)
"""The forms that only an amendment has."""
