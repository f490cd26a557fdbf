"""What every page's frame shows: authority, languages, menu, and that it is a demonstration."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from tongguan.adapters.words import texts, words
from tongguan.app.schemes import scheme_records
from tongguan.core.identifiers import AuthorityId
from tongguan.core.texts import Language
from tongguan.web import service
from tongguan.web.languages import NAMES, current_language, same_page_in
from tongguan.web.permissions import OPENED_APPLICATION, OPENED_REGISTRATION, is_officer
from tongguan.web.settings import style_version

_style = cache(style_version)


@dataclass(frozen=True, kw_only=True, slots=True)
class LanguageLink:
    """This page in one of the languages."""

    name: str
    tag: str
    url: str
    here: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MenuItem:
    """An entry of the menu."""

    key: str
    url: str
    here: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What stands around a page."""

    authority_name: str
    demonstration: bool
    has_health_code: bool
    """Whether this authority has rules of a colour, and so codes to give."""
    now: datetime | None
    """Domain time, for the demonstration's banner."""
    style: str
    languages: tuple[LanguageLink, ...] = ()
    menu: tuple[MenuItem, ...] = ()
    signed_in: bool = False
    officer: bool = False
    peer_url: str | None = None


def frame(request: HttpRequest) -> dict[str, Any]:
    """Django's context processor: the frame of a page that works as it should."""
    authority = service.current_authority()
    signed_in = bool(request.session.get(OPENED_APPLICATION))
    officer = is_officer(request)
    return {
        "frame": Frame(
            authority_name=_named_here(authority.id) or _named_in_its_texts() or authority.id,
            demonstration=authority.demonstration,
            has_health_code=authority.health_rules is not None,
            now=domain_time() if authority.demonstration else None,
            style=_style(),
            languages=_language_links(request),
            menu=_menu(request, signed_in=signed_in, officer=officer),
            signed_in=signed_in or bool(request.session.get(OPENED_REGISTRATION)),
            officer=officer,
            peer_url=service.peer_url(),
        )
    }


def bare_frame() -> Frame:
    """The frame of an error page: it asks neither session nor database for anything."""
    authority = service.current_authority()
    return Frame(
        authority_name=_named_here(authority.id) or authority.id,
        demonstration=authority.demonstration,
        has_health_code=authority.health_rules is not None,
        now=None,
        style=_style(),
        languages=tuple(
            LanguageLink(
                name=NAMES[each],
                tag=each.value,
                url=f"/{each.value.lower()}/",
                here=each is current_language(),
            )
            for each in Language
        ),
        menu=(MenuItem(key="pages.menu.public", url=reverse("public"), here=False),),
        peer_url=service.peer_url(),
    )


def domain_time() -> datetime:
    """The authority's time; a demonstration's may be shifted."""
    with service.current_authority().database.transaction() as transaction:
        return transaction.now


def _language_links(request: HttpRequest) -> tuple[LanguageLink, ...]:
    return tuple(
        LanguageLink(
            name=NAMES[each],
            tag=each.value,
            url=same_page_in(request, each),
            here=each is current_language(),
        )
        for each in Language
    )


def _named_here(authority: AuthorityId) -> str | None:
    """What this service calls itself in its own words, where it has any for this authority."""
    key = f"pages.authorities.{authority}"
    return words(key, current_language()) if key in texts() else None


def _named_in_its_texts() -> str | None:
    """What the newest adopted text calls this authority."""
    authority = service.current_authority()
    for record in scheme_records(authority):
        for party in record.version.parties:
            if party.id == authority.id:
                return party.name.in_language(current_language())
    return None


def _menu(request: HttpRequest, *, signed_in: bool, officer: bool) -> tuple[MenuItem, ...]:
    names = ["public", "apply", "application" if signed_in else "sign-in"]
    if service.current_authority().health_rules is not None:
        names.insert(2, "health-code")
    if officer:
        names.append("desk")
        if service.current_authority().health_rules is not None:
            names.append("desk-health")
    here = request.resolver_match.url_name if request.resolver_match else None
    return tuple(
        MenuItem(key=f"pages.menu.{name}", url=reverse(name), here=name == here) for name in names
    )
