"""A new secret for a registration, taken with the old one."""

from django.http import HttpRequest
from ninja import Router

from tongguan.app.registration.slips import renew_slip
from tongguan.core.credentials.index import normalised_reference
from tongguan.web.api.problems import ProblemCode, ProblemError
from tongguan.web.api.registrations import (
    THROTTLE,
    RegistrationSlipIn,
    RegistrationSlipOut,
    authority_with_codes,
)
from tongguan.web.api.routing import operation
from tongguan.web.api.shapes import Uuid
from tongguan.web.permissions import Permission
from tongguan.web.throttle import Throttle

router = Router(tags=["registrations"])


@operation(
    router,
    "PUT",
    "/registrations/slips/{renewal_id}",
    permission=Permission.ANYONE,
    answer=RegistrationSlipOut,
)
def put_slip(
    request: HttpRequest, renewal_id: Uuid, payload: RegistrationSlipIn
) -> RegistrationSlipOut:
    """Take a new secret under an id; the one before opens nothing from then on.

    The same request again gives the same slip for ten minutes, should its answer have been lost.
    """
    authority = authority_with_codes()
    throttle = Throttle(kind=THROTTLE, name=normalised_reference(payload.reference))
    if throttle.closed():
        raise ProblemError(ProblemCode.TOO_MANY_FAILURES)
    slip = renew_slip(authority, renewal_id, payload.reference, payload.secret)
    if slip is None:
        throttle.failed()
        raise ProblemError(ProblemCode.CREDENTIALS_WRONG)
    throttle.succeeded()
    return RegistrationSlipOut(reference=slip.reference, secret=slip.secret)
