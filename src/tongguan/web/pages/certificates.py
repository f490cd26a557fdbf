"""Certificates issued elsewhere: what is in one is shown, then it is taken in; what one brought."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tongguan.adapters.certificate_words import (
    facts_in_words,
    refusal_in_words,
    remedy_in_words,
)
from tongguan.app.health.certificates import (
    CertificateRead,
    CertificateRefused,
    bring_certificate,
    brought_certificates,
    read_certificate,
)
from tongguan.app.registration.store import Registration
from tongguan.app.schemes import NothingHoldsError
from tongguan.core.certificates.verify import CODE_BEGINS
from tongguan.core.evidence.certified import CONFIRMED_BY, FORMAT, fact_of, is_adverse_fact
from tongguan.core.evidence.records import KeptEvidence, Standing, standing_of
from tongguan.web.context import domain_time
from tongguan.web.forms import Form, long_text_field, said
from tongguan.web.languages import current_language
from tongguan.web.pages.health_codes import closed
from tongguan.web.pages.registrations import opened, rules_or_404
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority

CERTIFICATE_CHARACTERS_MAX: Final = 16_000
"""Several codes of a card, or the longest seal; more no person carries."""
_LINE_ENDS: Final = str.maketrans("", "", "\r\n\t")


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class BroughtShown:
    """One fact that the person brought, as it stands now."""

    line: str
    issuer: str
    format: str
    confirmed_by: str | None
    """The unit of the officer who compared the certificate with the person's document."""
    received_at: datetime
    standing: Standing


@allows(Permission.REGISTERED)
def bring(request: HttpRequest) -> HttpResponse:
    """What one brought; paste another certificate, see what is in it, take it in."""
    registration = opened(request)
    if registration is None:
        return closed(request)
    rules_or_404()
    form = CertificateForm(request.POST or None)
    read, status = None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            if request.POST.get("step") == "take":
                if take_in(form, registration):
                    return redirect("bring-certificate")
            else:
                read = readable(form, registration)
                status = 400 if read is None else 200
    context: dict[str, Any] = {
        "form": form,
        "brought": brought_shown(registration),
        "is_anybody_enrolled": bool(current_authority().certificate_issuers),
    }
    if read is not None:
        context |= contents_of(read) | {"text": form.carried()}
    return render(request, "certificates/bring.html", context, status=status)


def contents_of(read: CertificateRead) -> dict[str, Any]:
    """What a page shows of a certificate: everything that would be kept, and whom it is about."""
    zone = rules_or_404().colours.zone
    return {
        "read": read,
        "lines": facts_in_words(read.facts, current_language(), zone),
        "is_adverse": any(map(is_adverse_fact, read.facts)),
    }


def brought_shown(registration: Registration) -> tuple[BroughtShown, ...]:
    """What was taken in under a registration, the newest first."""
    now = domain_time()
    kept = brought_certificates(current_authority(), registration)
    return tuple(_shown(each, now) for each in kept)


def _shown(kept: KeptEvidence, now: datetime) -> BroughtShown:
    evidence, zone = kept.evidence, rules_or_404().colours.zone
    (line,) = facts_in_words((fact_of(evidence),), current_language(), zone)
    return BroughtShown(
        line=line,
        issuer=evidence.source,
        format=evidence.facts[FORMAT],
        confirmed_by=evidence.facts.get(CONFIRMED_BY),
        received_at=evidence.received_at,
        standing=standing_of(kept, now),
    )


def readable(
    form: "CertificateForm", registration: Registration, *, officer: str | None = None
) -> CertificateRead | None:
    """The certificate in a valid form, if it may be taken in; the form says why not."""
    found = read_certificate(current_authority(), registration, form.carried(), officer=officer)
    if isinstance(found, CertificateRefused):
        form.refuse(found)
        return None
    return found


def take_in(
    form: "CertificateForm", registration: Registration, *, officer: str | None = None
) -> bool:
    """Take in the certificate of a valid form; the form says why nothing was."""
    try:
        answer = bring_certificate(
            current_authority(), registration, form.carried(), officer=officer
        )
    except NothingHoldsError:
        form.add_error(None, said("nothing_holds"))
        return False
    if isinstance(answer, CertificateRefused):
        form.refuse(answer)
        return False
    return True


class CertificateForm(Form):
    """The text of a certificate, as its codes were read."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["certificate"] = long_text_field(
            "certificate", characters_max=CERTIFICATE_CHARACTERS_MAX, strip=False
        )

    def carried(self) -> str:
        """The text without what carrying added: a space within it may be part of it."""
        text = str(self.cleaned_data["certificate"]).lstrip()
        if text.startswith(CODE_BEGINS):
            return " ".join(text.split())
        return text.translate(_LINE_ENDS)

    def refuse(self, refused: CertificateRefused) -> None:
        """Say why it was not taken in, and what can be done."""
        language = current_language()
        parts = (refusal_in_words(refused, language), remedy_in_words(refused, language))
        self.add_error("certificate", " ".join(parts))
