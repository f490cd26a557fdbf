"""Web addresses without what follows readers about."""

import re
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from tongguan.adapters.sources.promotions import promotion_rule

LENGTH_MAX: Final = 2000
# What the scheme language takes as an address; nothing but http and https is one.
_SOUND: Final = re.compile(r"https?://[^\s\"<>\\^`{|}]+")
_SECOND_LEVEL: Final = frozenset({"com", "co", "edu", "gov", "net", "org"})


def plain_address(written: str, base: str | None = None) -> str | None:
    """The address over http or https, tracking parameters and fragment dropped; else ``None``."""
    try:
        parts = urlsplit(urljoin(base or "", written.strip()))
        if not parts.hostname or parts.username is not None:
            return None
        address = urlunsplit(
            (parts.scheme, parts.netloc.lower(), parts.path, _without_tracking(parts), "")
        )
    except ValueError:
        return None
    return address if len(address) <= LENGTH_MAX and _SOUND.fullmatch(address) else None


def is_tracked(written: str) -> bool:
    """Whether the address carries a parameter that only counts or follows readers."""
    try:
        return any(_tracks(name) for name, _ in _parameters(urlsplit(written)))
    except ValueError:
        return False


def publisher_label(address: str) -> str:
    """What names the publisher in an address: ``example`` for ``www.example.com.hk``."""
    labels = [part for part in (urlsplit(address).hostname or "").split(".") if part]
    if len(labels) > 1:
        labels = labels[:-1]
    if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        labels = labels[:-1]
    if len(labels) > 1 and labels[0] in {"www", "m", "amp"}:
        labels = labels[1:]
    return re.sub(r"[^a-z0-9]+", "-", "-".join(labels).lower()).strip("-")


def host_of(address: str) -> str:
    """The host of an address that ``plain_address`` gave."""
    return urlsplit(address).hostname or ""


def _without_tracking(parts: SplitResult) -> str:
    kept = [(name, value) for name, value in _parameters(parts) if not _tracks(name)]
    # An untouched query stays as it was written: some servers read it letter by letter.
    return parts.query if len(kept) == len(_parameters(parts)) else urlencode(kept)


def _parameters(parts: SplitResult) -> list[tuple[str, str]]:
    return parse_qsl(parts.query, keep_blank_values=True, max_num_fields=200)


def _tracks(name: str) -> bool:
    rule = promotion_rule()
    return name.lower().startswith(rule.tracking_prefixes) or name.lower() in rule.tracking_names
