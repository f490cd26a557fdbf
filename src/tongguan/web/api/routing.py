"""How an operation is declared: with its permission, which is also what guards it."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.http import HttpRequest
from ninja import Router
from ninja.security import HttpBasicAuth, HttpBearer

from tongguan.app.applications import open_application
from tongguan.app.gates import gate_of_token
from tongguan.app.stores import Application, Gate
from tongguan.core.credentials.index import normalised_reference
from tongguan.web.api.problems import ProblemCode, ProblemError
from tongguan.web.pages.sign_in import THROTTLE
from tongguan.web.permissions import Permission
from tongguan.web.service import current_authority
from tongguan.web.throttle import FAILURES_MAX, Throttle

V = TypeVar("V", bound=Callable[..., Any])


class GateToken(HttpBearer):
    """The token of an enrolled gate, as a bearer token."""

    def authenticate(self, request: HttpRequest, token: str) -> Gate:  # noqa: ARG002 - the framework passes it
        """The gate of the token."""
        gate = gate_of_token(current_authority(), token)
        if gate is None:
            raise ProblemError(ProblemCode.CREDENTIALS_WRONG)
        return gate


class ApplicationSlip(HttpBasicAuth):
    """Reference and secret of an application, as user name and password."""

    def authenticate(
        self,
        request: HttpRequest,  # noqa: ARG002 - the framework passes it
        username: str,
        password: str,
    ) -> Application:
        """The application they open; who fails too often has to wait."""
        return opened_by_slip(username, password)

    def decode_authorization(self, value: str) -> tuple[str, str]:
        """User name and password; a header of any other form opens nothing."""
        scheme, _, encoded = value.partition(" ")
        try:
            decoded = b64decode(encoded, validate=True).decode()
        except (Base64Error, UnicodeDecodeError):
            decoded = ""
        reference, colon, secret = decoded.partition(":")
        if scheme.lower() != "basic" or not colon:
            raise ProblemError(ProblemCode.CREDENTIALS_WRONG)
        return reference, secret


def opened_by_slip(reference: str, secret: str) -> Application:
    """The application that reference and secret open, counted against guessing."""
    throttle = Throttle(kind=THROTTLE, name=normalised_reference(reference))
    failures = throttle.failures()
    if failures >= FAILURES_MAX:
        raise ProblemError(ProblemCode.TOO_MANY_FAILURES)
    found = open_application(current_authority(), reference, secret)
    if found is None:
        throttle.failed()
        raise ProblemError(ProblemCode.CREDENTIALS_WRONG)
    if failures:
        throttle.succeeded()
    return found


_GUARDS: dict[Permission, Any] = {
    Permission.ANYONE: None,
    Permission.APPLICANT: ApplicationSlip(),
    Permission.GATE: GateToken(),
}


def operation(
    router: Router,
    method: str,
    path: str,
    *,
    permission: Permission,
    answer: Any,
    status: int = 200,
) -> Callable[[V], V]:
    """Declare an operation under its function's name; its words stand in ``texts/api.yaml``."""

    def declare(view: V) -> V:
        view.permission = permission  # type: ignore[attr-defined]
        name = view.__name__
        router.api_operation(
            [method],
            path,
            auth=_GUARDS[permission],
            response={status: answer},
            operation_id=name,
            summary=name.replace("_", " "),
            openapi_extra={"x-permission": permission.value},
        )(view)
        return view

    return declare


def gate_of(request: HttpRequest) -> Gate:
    """The gate whose token the request shows."""
    return cast("Gate", request.auth)  # type: ignore[attr-defined]


def application_of(request: HttpRequest) -> Application:
    """The application whose slip the request shows."""
    return cast("Application", request.auth)  # type: ignore[attr-defined]
