"""The interface as a whole: its routers, its errors, its OpenAPI document."""

import logging
from typing import Any

from django.db import OperationalError as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser

from tongguan.adapters.postgres.connections import DatabaseUnavailable
from tongguan.adapters.request_faults import field_faults
from tongguan.adapters.strict_json import read_json
from tongguan.app.applications import RequestIdReusedError
from tongguan.app.schemes import NothingHoldsError
from tongguan.web.api import (
    applications,
    availability,
    certificates,
    conversion,
    evidence,
    gate,
    health_codes,
    health_controls,
    intake,
    journeys,
    published,
    registrations,
    scheme,
    slips,
    standing,
)
from tongguan.web.api.problems import MEDIA_TYPE, ProblemCode, ProblemError, problem
from tongguan.web.api.shapes import ProblemOut
from tongguan.web.errors import unavailable
from tongguan.web.permissions import Permission, allows

log = logging.getLogger("tongguan.web.api")

ROUTERS = (
    scheme.router,
    standing.router,
    availability.router,
    applications.router,
    journeys.router,
    intake.router,
    registrations.router,
    slips.router,
    health_codes.router,
    conversion.router,
    certificates.router,
    gate.router,
    evidence.router,
    published.router,
    health_controls.router,
)


class StrictParser(Parser):
    """JSON in UTF-8, each member once, without the constants that JSON does not know."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value; ValueError for anything that is not JSON."""
        return read_json(request.body)


class Interface(NinjaAPI):
    """The API with its problem documents declared once for every operation."""

    def get_openapi_schema(self, **facts: Any) -> Any:
        """The OpenAPI 3.1 document."""
        document = super().get_openapi_schema(**facts)
        schemas = document["components"].setdefault("schemas", {})
        described = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(described.pop("$defs", {}))
        schemas["Problem"] = described
        document["components"]["responses"] = {
            "Problem": {
                "description": "The request failed; `code` is stable.",
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
        }
        for methods in document["paths"].values():
            for described_operation in methods.values():
                described_operation["responses"]["default"] = {
                    "$ref": "#/components/responses/Problem"
                }
        return document


interface = Interface(
    title="tongguan",
    version="1",
    description="One authority's side of a quota-managed, health-gated border crossing.",
    openapi_url=None,
    docs_url=None,
    parser=StrictParser(),
    urls_namespace="api",
)
for each_router in ROUTERS:
    interface.add_router("", each_router)


@allows(Permission.ANYONE)
def openapi(request: HttpRequest) -> HttpResponse:
    """The interface's description, for programs."""
    return JsonResponse(interface.get_openapi_schema(path_prefix="/api/v1"))


@interface.exception_handler(ProblemError)
def _problem(request: HttpRequest, error: ProblemError) -> HttpResponse:
    return problem(request, error.code, error.faults)


@interface.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    if not request.body and any(
        len(each["loc"]) == 2 and each["loc"][0] == "body" for each in error.errors
    ):
        return problem(request, ProblemCode.BODY_EMPTY)
    return problem(request, ProblemCode.REQUEST_INVALID, field_faults(error.errors))


@interface.exception_handler(AuthenticationError)
def _unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(request, ProblemCode.CREDENTIALS_WRONG)


@interface.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    # The framework raises it for one thing only: a body that the parser refused.
    return problem(request, ProblemCode.BODY_NOT_JSON)


@interface.exception_handler(RequestIdReusedError)
def _reused(request: HttpRequest, error: RequestIdReusedError) -> HttpResponse:
    return problem(request, ProblemCode.REQUEST_ID_REUSED)


@interface.exception_handler(NothingHoldsError)
def _nothing_holds(request: HttpRequest, error: NothingHoldsError) -> HttpResponse:
    return problem(request, ProblemCode.NOTHING_HOLDS)


@interface.exception_handler(DatabaseUnavailable)
@interface.exception_handler(DatabaseError)
def _unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    log.warning("the database did not answer: %s", type(error).__name__)
    return unavailable(request)


@interface.exception_handler(Exception)
def _our_fault(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("an operation failed", exc_info=error)
    return problem(request, ProblemCode.INTERNAL_ERROR)
