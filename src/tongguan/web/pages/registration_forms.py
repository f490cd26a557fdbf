"""What people type to be registered for health codes, at home or at the desk."""

from typing import Any
from uuid import UUID, uuid4

from django.forms import BoundField

from tongguan.app.registration.registrations import RegistrationRefusal, RegistrationRequest
from tongguan.app.registration.store import RegistrationRoute
from tongguan.core.identifiers import CaseId, RegistrationId
from tongguan.core.people import Assurance, DocumentType, Person
from tongguan.web.forms import (
    NAME_CHARACTERS_MAX,
    SLIP_CHARACTERS_MAX,
    Form,
    choice_field,
    day_field,
    document_fields,
    document_of,
    identifier_field,
    said,
    text_field,
    tick_field,
)
from tongguan.web.service import current_reader

PHONE_CHARACTERS_MAX = 24
ADDRESS_CHARACTERS_MAX = 200
_PHONE = r"[0-9+][0-9 ()\-]*"
_FIELDS = {
    RegistrationRefusal.ALREADY_REGISTERED: "document_number",
    RegistrationRefusal.ISSUED_ON_IMPLAUSIBLE: "document_issued_on",
    RegistrationRefusal.ISSUED_ON_MISSING: "document_issued_on",
    RegistrationRefusal.NUMBER_BIRTH_DATE: "document_number",
    RegistrationRefusal.NUMBER_CHECK_DIGIT: "document_number",
    RegistrationRefusal.NUMBER_FORM: "document_number",
    RegistrationRefusal.PROOF_MISSING: "phone",
}
"""Where a refusal is said, when one field has to change."""


def refusal_said(code: RegistrationRefusal) -> str:
    """Why a registration or a claim was refused, in the reader's words."""
    return current_reader().words(f"registration.refusals.{code}")


class RegistrationForm(Form):
    """Who registers, with which document, and how they can be reached."""

    def __init__(self, *args: Any, claim_id: str | None = None) -> None:
        super().__init__(*args, initial={"request_id": str(uuid4()), "claim_id": claim_id})
        self.fields["request_id"] = identifier_field()
        if claim_id is not None:
            self.fields["claim_id"] = identifier_field()
        self.fields["name"] = text_field(
            "name", characters_max=NAME_CHARACTERS_MAX, autocomplete="name"
        )
        for name, field in document_fields("", tuple(DocumentType)):
            self.fields[name] = field
        self.fields["document_issued_on"] = day_field("document_issued_on", required=True)
        self.fields["born"] = day_field("holder_born")
        self.fields["born"].help_text = said("holder_born.hint")
        self.fields["phone"] = text_field(
            "phone",
            characters_max=PHONE_CHARACTERS_MAX,
            required=False,
            pattern=_PHONE,
            autocomplete="tel",
        )
        self.fields["address"] = text_field(
            "address",
            characters_max=ADDRESS_CHARACTERS_MAX,
            required=False,
            autocomplete="street-address",
        )

    def document(self) -> list[BoundField]:
        """The fields about the person and the document."""
        names = ("name", "document_type", "document_number", "document_issuer")
        return [self[each] for each in (*names, "document_issued_on", "born")]

    def clean(self) -> dict[str, Any]:
        """A passport comes with its issuer."""
        data = self.cleaned_data
        if data.get("document_type") == DocumentType.PASSPORT and not data.get("document_issuer"):
            self.complain("document_issuer", "document_issuer.missing")
        return data

    def request(self) -> RegistrationRequest:
        """What was typed; valid forms only."""
        data = self.cleaned_data
        return RegistrationRequest(
            id=RegistrationId(data["request_id"]),
            holder=Person(
                name=data["name"],
                document=document_of(data, ""),
                assurance=Assurance.ASSERTED,
                born=data["born"],
            ),
            document_issued_on=data["document_issued_on"],
            phone=data["phone"] or None,
            address=data["address"] or None,
        )

    def refuse(self, code: RegistrationRefusal) -> None:
        """Say why it was refused, at the field that has to change."""
        self.add_error(_FIELDS.get(code), refusal_said(code))


class DeskRegistrationForm(RegistrationForm):
    """The same, as an officer types it: how it came, and what was seen."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args, claim_id=str(uuid4()))
        routes = (RegistrationRoute.ASSISTED, RegistrationRoute.PAPER)
        self.fields["document_issued_on"].required = False
        self.fields["route"] = choice_field(
            "registration_route",
            [
                (each.value, current_reader().words(f"desk_health.register.routes.{each}"))
                for each in routes
            ],
            radio=True,
        )
        self.fields["proof_seen"] = tick_field("document_and_proof_seen")


class ClaimSlipForm(Form):
    """Number of a claim and the secret that was printed with it."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        for name, key in (("number", "claim_number"), ("secret", "registration_secret")):
            self.fields[name] = text_field(
                key, characters_max=SLIP_CHARACTERS_MAX, autocomplete="off", spellcheck="false"
            )

    def clean_number(self) -> CaseId | None:
        """The id, however it is spaced."""
        try:
            return CaseId(str(UUID("".join(self.cleaned_data["number"].split()))))
        except ValueError:
            self.complain("number", "claim_number.wrong")
            return None


class RegistrationSlipForm(Form):
    """Reference and secret, as printed on the slip of a registration."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        for name, key in (
            ("reference", "registration_reference"),
            ("secret", "registration_secret"),
        ):
            self.fields[name] = text_field(
                key, characters_max=SLIP_CHARACTERS_MAX, autocomplete="off", spellcheck="false"
            )
