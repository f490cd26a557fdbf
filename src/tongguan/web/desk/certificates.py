"""Certificates issued elsewhere at the counter: an officer looks at one and at the document."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongguan.web.desk.slips import SecretForm, looked_at, slip_status
from tongguan.web.desk.units import desk_head
from tongguan.web.forms import tick_field
from tongguan.web.pages.certificates import (
    CertificateForm,
    brought_shown,
    contents_of,
    readable,
    take_in,
)
from tongguan.web.permissions import Permission, allows


@allows(Permission.OFFICER)
def bring(request: HttpRequest, reference: str) -> HttpResponse:
    """Read a certificate and compare; with the person's secret and the officer's word it counts."""
    officer = request.user.get_username()
    found = looked_at(reference, officer)
    is_taking = request.POST.get("step") == "take"
    form = CertificateForm(request.POST or None)
    look = LookForm(request.POST if is_taking else None)
    context = desk_head(request) | {"registration": found, "form": form, "look": look}
    status = 200
    if request.method == "POST":
        read = readable(form, found, officer=officer) if form.is_valid() else None
        status = 400
        if read is not None:
            context |= contents_of(read) | {"text": form.carried()}
            status = slip_status(look, found) if is_taking else 200
            if is_taking and status == 200:
                context["is_taken"] = take_in(form, found, officer=officer)
                status = 200 if context["is_taken"] else 409
    context["brought"] = brought_shown(found)
    return render(request, "desk/health/certificate.html", context, status=status)


class LookForm(SecretForm):
    """What the officer has seen, and the secret that the person types."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["certificate_seen"] = tick_field("certificate_seen", required=True)
