"""Forms: what people type, with labels, hints and complaints in our own words.

Django's messages are not used: some of them exist in English only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict

from tongguan.adapters.words import texts, words
from tongguan.core.people import ISSUERS, Document, DocumentType
from tongguan.web.languages import current_language

NAME_CHARACTERS_MAX = 60
NUMBER_CHARACTERS_MAX = 24
EVIDENCE_CHARACTERS_MAX = 500
SLIP_CHARACTERS_MAX = 40

_NUMBER = r"[A-Za-z0-9][A-Za-z0-9 ()/\-]*"
_COUNTRY = r"[A-Za-z]{3}"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def said(key: str, **facts: object) -> str:
    """The words under a key of ``texts/forms.yaml``."""
    filled = {name: str(fact) for name, fact in facts.items()}
    return words(f"forms.{key}", current_language(), **filled)


def said_if_any(key: str) -> str:
    """The words under a key, or nothing when there are none."""
    return said(key) if f"forms.{key}" in texts() else ""


def messages(key: str, **facts: object) -> dict[str, str]:
    """What to write instead, for every fault a field of this name can have."""
    missing = said(f"{key}.missing")
    wrong = said_if_any(f"{key}.wrong") or missing
    return {
        "required": missing,
        "invalid": wrong,
        "invalid_choice": wrong,
        "invalid_list": wrong,
        "null_characters_not_allowed": said("characters"),
        "max_length": said("too_long", **facts) if facts else wrong,
        "min_value": wrong,
        "max_value": wrong,
    }


def text_field(
    key: str, *, characters_max: int, required: bool = True, pattern: str = "", **attributes: str
) -> forms.CharField:
    """A line of text."""
    validators = [RegexValidator(rf"^(?:{pattern})\Z", code="invalid")] if pattern else []
    return forms.CharField(
        label=said(f"{key}.label"),
        help_text=said_if_any(f"{key}.hint"),
        required=required,
        max_length=characters_max,
        validators=validators,
        error_messages=messages(key, maximum=characters_max),
        widget=forms.TextInput(attrs=attributes),
    )


def secret_field(key: str, *, characters_max: int) -> forms.CharField:
    """A line of text that nobody beside the one who types it reads."""
    return forms.CharField(
        label=said(f"{key}.label"),
        help_text=said_if_any(f"{key}.hint"),
        max_length=characters_max,
        error_messages=messages(key, maximum=characters_max),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


def long_text_field(key: str, *, characters_max: int, strip: bool = True) -> forms.CharField:
    """Several lines of text."""
    return forms.CharField(
        label=said(f"{key}.label"),
        help_text=said_if_any(f"{key}.hint"),
        max_length=characters_max,
        strip=strip,
        error_messages=messages(key, maximum=characters_max),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


def choice_field(
    key: str, choices: Sequence[tuple[str, str]], *, required: bool = True, radio: bool = False
) -> forms.ChoiceField:
    """One of several values."""
    offered = list(choices) if radio else [("", said("choose")), *choices]
    return forms.ChoiceField(
        label=said(f"{key}.label"),
        help_text=said_if_any(f"{key}.hint"),
        required=required,
        choices=offered,
        error_messages=messages(key),
        widget=forms.RadioSelect() if radio else forms.Select(),
    )


def several_field(
    key: str, choices: Sequence[tuple[str, str]], *, required: bool = True
) -> forms.MultipleChoiceField:
    """Any of several values."""
    return forms.MultipleChoiceField(
        label=said(f"{key}.label"),
        help_text=said_if_any(f"{key}.hint"),
        required=required,
        choices=choices,
        error_messages=messages(key),
        widget=forms.CheckboxSelectMultiple(),
    )


def tick_field(key: str, *, required: bool = False) -> forms.BooleanField:
    """A box to tick."""
    return forms.BooleanField(
        label=said(f"{key}.label"),
        help_text=said_if_any(f"{key}.hint"),
        required=required,
        error_messages=messages(key) if required else {},
    )


def day_field(key: str, *, required: bool = False) -> forms.DateField:
    """A day; the browser offers a calendar."""
    missing = {"required": said(f"{key}.missing")} if required else {}
    return forms.DateField(
        label=said(f"{key}.label"),
        help_text=said("day_example" if required else "day_hint"),
        required=required,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": said("day_wrong"), **missing},
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}),
    )


def identifier_field() -> forms.CharField:
    """The request's own id, so that sending a form twice does one thing."""
    return forms.CharField(
        max_length=36,
        validators=[RegexValidator(rf"^{_UUID}\Z", code="invalid")],
        error_messages={
            name: said("form_changed")
            for name in ("required", "invalid", "max_length", "null_characters_not_allowed")
        },
        widget=forms.HiddenInput(),
    )


def document_fields(
    prefix: str, types: tuple[DocumentType, ...], *, required: bool = True
) -> Iterator[tuple[str, forms.Field]]:
    """The fields of one identity document."""
    choices = [(each.value, words(f"pages.documents.{each}", current_language())) for each in types]
    yield f"{prefix}document_type", choice_field("document_type", choices, required=required)
    yield (
        f"{prefix}document_number",
        text_field(
            "document_number",
            characters_max=NUMBER_CHARACTERS_MAX,
            required=required,
            pattern=_NUMBER,
            autocomplete="off",
            spellcheck="false",
        ),
    )
    if any(each not in ISSUERS for each in types):
        yield (
            f"{prefix}document_issuer",
            text_field(
                "document_issuer", characters_max=3, required=False, pattern=_COUNTRY, size="4"
            ),
        )


def document_of(cleaned: dict[str, Any], prefix: str) -> Document:
    """The document a person typed."""
    type_ = DocumentType(cleaned[f"{prefix}document_type"])
    issuer = ISSUERS.get(type_) or cleaned.get(f"{prefix}document_issuer", "").upper()
    return Document(type=type_, number=cleaned[f"{prefix}document_number"], issuer=issuer)


@dataclass(frozen=True, kw_only=True, slots=True)
class FormFault:
    """One entry of the error summary."""

    anchor: str
    message: str


class Form(forms.Form):
    """A form that can list its faults for the summary at its head."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False

    def faults(self) -> tuple[FormFault, ...]:
        """Every fault, in the order of the fields, with the field it leads to."""
        found = []
        order = {name: place for place, name in enumerate(self.fields)}
        for name, errors in sorted(self.errors.items(), key=lambda each: order.get(each[0], -1)):
            field = self[name] if name in self.fields else None
            anchor = "main" if field is None or field.is_hidden else _anchor(field)
            found += [FormFault(anchor=anchor, message=str(each)) for each in errors]
        return tuple(found)

    def ask_again(self) -> None:
        """Say that the form changed since it was sent, and give it a fresh id."""
        self.add_error(None, said("form_changed"))
        if isinstance(self.data, QueryDict):
            data = self.data.copy()
            data["request_id"] = str(uuid4())
            self.data = data

    def complain(self, name: str, key: str) -> None:
        """Say that a field needs something else."""
        self.add_error(name, said(key))


def _anchor(field: forms.BoundField) -> str:
    several = isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    return f"{field.auto_id}_0" if several else str(field.auto_id)
