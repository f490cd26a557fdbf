"""People at the counter: the reference on their slip, and the secret that they type themselves.

Whatever is done with a person takes both; every look is recorded before it is shown.
"""

from typing import Any

from django.http import Http404

from tongguan.app.registration.registrations import look_at_registration, open_registration
from tongguan.app.registration.store import Registration
from tongguan.web.forms import SLIP_CHARACTERS_MAX, Form, said, secret_field, text_field
from tongguan.web.pages.registrations import THROTTLE, rules_or_404
from tongguan.web.service import current_authority
from tongguan.web.throttle import WINDOW_MINUTES, Throttle


class FindForm(Form):
    """The reference on a slip; there is no search by name or number."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["reference"] = text_field(
            "registration_reference",
            characters_max=SLIP_CHARACTERS_MAX,
            autocomplete="off",
            spellcheck="false",
        )


class SecretForm(Form):
    """The secret of a registration, typed by the person."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["secret"] = secret_field(
            "registration_secret", characters_max=SLIP_CHARACTERS_MAX
        )


def found_by_reference(form: FindForm, officer: str) -> Registration | None:
    """The registration of the reference that was typed; the form says when there is none."""
    if not form.is_valid():
        return None
    found = look_at_registration(
        current_authority(), form.cleaned_data["reference"], officer=officer
    )
    if found is None:
        form.add_error("reference", said("registration_unknown"))
    return found


def looked_at(reference: str, officer: str) -> Registration:
    """The registration of a reference; the look is recorded before it is shown."""
    rules_or_404()
    found = look_at_registration(current_authority(), reference, officer=officer)
    if found is None:
        raise Http404
    return found


def slip_status(form: Form, found: Registration) -> int:
    """200 where the form was filled in rightly and its secret is the registration's.

    Any other is the page's status, and the form says why; a wrong secret is counted like a failed
    sign-in.
    """
    if not form.is_valid():
        return 400
    throttle = Throttle(kind=THROTTLE, name=found.reference)
    if throttle.closed():
        form.add_error(None, said("too_many_failures", minutes=WINDOW_MINUTES))
        return 429
    if open_registration(current_authority(), found.reference, form.cleaned_data["secret"]) is None:
        throttle.failed()
        form.add_error("secret", said("registration_secret_wrong"))
        return 400
    throttle.succeeded()
    return 200
