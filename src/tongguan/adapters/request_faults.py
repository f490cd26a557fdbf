"""From what pydantic found wrong with a request to places and messages of our own."""

from collections.abc import Iterable, Mapping
from typing import Any

from tongguan.adapters.problems import FieldFault

_MESSAGES = {
    "bool_parsing": "not_flag",
    "bool_type": "not_flag",
    "date_from_datetime_inexact": "not_day",
    "date_from_datetime_parsing": "not_day",
    "date_parsing": "not_day",
    "date_type": "not_day",
    "days_out_of_order": "days_out_of_order",
    "dict_type": "not_object",
    "extra_forbidden": "unknown",
    "greater_than_equal": "out_of_range",
    "int_from_float": "not_number",
    "int_parsing": "not_number",
    "int_parsing_size": "not_number",
    "int_type": "not_number",
    "less_than_equal": "out_of_range",
    "list_type": "not_list",
    "missing": "missing",
    "model_attributes_type": "not_object",
    "model_type": "not_object",
    "not_instant": "not_instant",
    "reported_before_sampled": "reported_before_sampled",
    "string_type": "not_text",
}
"""Kinds of fault whose message needs no fact."""


def field_faults(found: Iterable[Mapping[str, Any]]) -> tuple[FieldFault, ...]:
    """Every fault with its place, in the order of the request."""
    return tuple(_field_fault(each) for each in found)


def _field_fault(found: Mapping[str, Any]) -> FieldFault:
    kind, context = str(found["type"]), found.get("ctx") or {}
    path = place(found["loc"])
    if kind in ("string_too_long", "too_long"):
        facts = (("maximum", str(context["max_length"])),)
        return FieldFault(path=path, message_key="problems.fields.too_long", facts=facts)
    if kind in ("string_too_short", "too_short"):
        facts = (("minimum", str(context["min_length"])),)
        return FieldFault(path=path, message_key="problems.fields.too_short", facts=facts)
    if kind == "enum":
        facts = (("accepted", str(context["expected"])),)
        return FieldFault(path=path, message_key="problems.fields.not_one_of", facts=facts)
    if kind == "value_error":
        kind_given = "not_day"
        return FieldFault(path=path, message_key=f"problems.fields.{kind_given}")
    message = _MESSAGES.get(kind, "wrong_form")
    return FieldFault(path=path, message_key=f"problems.fields.{message}")


def place(location: Iterable[Any]) -> str:
    """A JSON Pointer into the body, or the name of a parameter of path or query."""
    source, *steps = location
    if source != "body":
        return ".".join(str(step) for step in steps)
    below = steps[1:]  # the first step is the name of the operation's own argument
    return "".join(f"/{_escaped(str(step))}" for step in below)


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")[:80]
