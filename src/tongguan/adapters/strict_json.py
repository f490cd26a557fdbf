"""JSON as it is taken from outside: UTF-8, each member once, no constants JSON does not know."""

import json
from typing import Any


def read_json(body: bytes) -> Any:
    """The body's value; ValueError for anything that is not JSON."""
    try:
        return json.loads(
            body.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_each_once
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a member that stands twice, one reader takes the first and another the last."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members
