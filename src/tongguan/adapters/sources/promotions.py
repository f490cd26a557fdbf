"""Which links promote rather than inform; the rule itself is data, in ``promotions.yaml``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, cast
from urllib.parse import urlsplit

from tongguan.adapters.scheme_yaml import parse_yaml

_NO_WORD: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class PromotionRule:
    """The lists of ``promotions.yaml``."""

    tracking_prefixes: tuple[str, ...]
    tracking_names: frozenset[str]
    host_labels: frozenset[str]
    hosts: tuple[str, ...]
    folders: frozenset[str]
    phrases: frozenset[str]

    def is_promotion(self, *, address: str, says: str) -> bool:
        """Whether a link to this address that says this promotes, its parameters aside."""
        if words_alone(says) in self.phrases:
            return True
        try:
            parts = urlsplit(address)
        except ValueError:
            return False
        host = (parts.hostname or "").lower()
        return (
            not self.host_labels.isdisjoint(host.split("."))
            or any(host == each or host.endswith(f".{each}") for each in self.hosts)
            or not self.folders.isdisjoint(parts.path.lower().split("/"))
        )


def words_alone(text: str) -> str:
    """The text in small letters without spaces and punctuation."""
    return _NO_WORD.sub("", text).lower()


@cache
def promotion_rule() -> PromotionRule:
    """The rule, read once."""
    written = files("tongguan.adapters.sources").joinpath("promotions.yaml").read_bytes()
    lists = cast("Mapping[str, list[str]]", parse_yaml(written).data)
    return PromotionRule(
        tracking_prefixes=tuple(lists["tracking_prefixes"]),
        tracking_names=frozenset(lists["tracking_names"]),
        host_labels=frozenset(lists["host_labels"]),
        hosts=tuple(lists["hosts"]),
        folders=frozenset(lists["folders"]),
        phrases=frozenset(words_alone(each) for each in lists["phrases"]),
    )
