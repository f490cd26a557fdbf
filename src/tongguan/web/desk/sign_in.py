"""Officers sign in with their account of this authority."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tongguan.web.forms import Form, messages, said, text_field
from tongguan.web.permissions import Permission, allows, is_officer_account
from tongguan.web.throttle import WINDOW_MINUTES, Throttle

NAME_CHARACTERS_MAX = 150
THROTTLE = "officer"


@allows(Permission.ANYONE)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign an officer in; who fails too often has to wait."""
    form = OfficerForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            name = form.cleaned_data["user_name"]
            throttle = Throttle(kind=THROTTLE, name=name)
            if throttle.closed():
                status = 429
                form.add_error(None, said("too_many_failures", minutes=WINDOW_MINUTES))
            else:
                user = authenticate(request, username=name, password=form.cleaned_data["password"])
                if user is not None and is_officer_account(user):
                    throttle.succeeded()
                    login(request, user)
                    return redirect("desk")
                throttle.failed()
                form.add_error(None, said("account_wrong"))
    return render(request, "desk/sign_in.html", {"form": form}, status=status)


@require_POST
@allows(Permission.OFFICER)
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign the officer out."""
    logout(request)
    return redirect("public")


class OfficerForm(Form):
    """User name and password."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["user_name"] = text_field(
            "user_name", characters_max=NAME_CHARACTERS_MAX, autocomplete="username"
        )
        self.fields["password"] = forms.CharField(
            label=said("password.label"),
            max_length=NAME_CHARACTERS_MAX,
            strip=False,
            error_messages=messages("password"),
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )
