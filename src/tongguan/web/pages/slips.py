"""A new secret for one's registration, taken with the old one and shown once."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.registration.registrations import registration_by_id
from tongguan.app.registration.slips import renew_slip
from tongguan.app.registration.store import Registration
from tongguan.core.credentials.index import Slip
from tongguan.web.forms import SLIP_CHARACTERS_MAX, Form, identifier_field, said, secret_field
from tongguan.web.pages.registrations import THROTTLE, open_in_session, opened
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority
from tongguan.web.throttle import WINDOW_MINUTES, Throttle


@allows(Permission.REGISTERED)
def renew(request: HttpRequest) -> HttpResponse:
    """Type the secret and take a new one; every other session of the registration is closed."""
    found = opened(request)
    if found is None:
        return redirect("health-code-sign-in")
    form, status = NewSecretForm(request.POST or None), 200
    if request.method == "POST":
        slip, status = _renewed(form, found) if form.is_valid() else (None, 400)
        renewed = registration_by_id(current_authority(), found.id)
        if slip is not None and renewed is not None:
            open_in_session(request, renewed)
            response = render(request, "registrations/slip.html", {"slip": slip})
            response["Cache-Control"] = "no-store, private"
            return response
    return render(request, "registrations/new_secret.html", {"form": form}, status=status)


def _renewed(form: "NewSecretForm", found: Registration) -> tuple[Slip | None, int]:
    """The new slip, or the page's status where the form says why there is none."""
    throttle = Throttle(kind=THROTTLE, name=found.reference)
    if throttle.closed():
        form.add_error(None, said("too_many_failures", minutes=WINDOW_MINUTES))
        return None, 429
    data = form.cleaned_data
    try:
        slip = renew_slip(current_authority(), data["request_id"], found.reference, data["secret"])
    except RequestIdReusedError:
        form.ask_again()
        return None, 400
    if slip is None:
        throttle.failed()
        form.add_error("secret", said("registration_secret_wrong"))
        return None, 400
    throttle.succeeded()
    return slip, 200


class NewSecretForm(Form):
    """The secret that opens the registration now."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args, initial={"request_id": str(uuid4())})
        self.fields["request_id"] = identifier_field()
        self.fields["secret"] = secret_field(
            "registration_secret", characters_max=SLIP_CHARACTERS_MAX
        )
