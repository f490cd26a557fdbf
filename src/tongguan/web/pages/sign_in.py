"""Opening an application with its reference and secret."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tongguan.app.applications import open_application
from tongguan.core.credentials.index import normalised_reference
from tongguan.web.forms import SLIP_CHARACTERS_MAX, Form, said, text_field
from tongguan.web.pages.applications import open_in_session
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority
from tongguan.web.throttle import WINDOW_MINUTES, Throttle

THROTTLE = "application"


@allows(Permission.ANYONE)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Open an application; who fails too often has to wait."""
    form = SlipForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            reference = form.cleaned_data["reference"]
            throttle = Throttle(kind=THROTTLE, name=normalised_reference(reference))
            if throttle.closed():
                status = 429
                form.add_error(None, said("too_many_failures", minutes=WINDOW_MINUTES))
            else:
                found = open_application(
                    current_authority(), reference, form.cleaned_data["secret"]
                )
                if found is not None:
                    throttle.succeeded()
                    open_in_session(request, found)
                    return redirect("application")
                throttle.failed()
                form.add_error(None, said("slip_wrong"))
    return render(request, "applications/sign_in.html", {"form": form}, status=status)


@require_POST
@allows(Permission.ANYONE)
def sign_out(request: HttpRequest) -> HttpResponse:
    """Close the application in this browser."""
    request.session.flush()
    return redirect("public")


class SlipForm(Form):
    """Reference and secret, as printed on the slip."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        for name in ("reference", "secret"):
            self.fields[name] = text_field(
                name, characters_max=SLIP_CHARACTERS_MAX, autocomplete="off", spellcheck="false"
            )
