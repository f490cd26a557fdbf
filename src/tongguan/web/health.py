"""Whether this authority can serve: for supervisors, not for people."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from tongguan.adapters.postgres.connections import DatabaseUnavailable
from tongguan.web.context import domain_time
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority


@allows(Permission.ANYONE)
def healthz(request: HttpRequest) -> HttpResponse:
    """200 with the domain time while the database answers, 503 otherwise."""
    authority = current_authority()
    try:
        now = domain_time().isoformat()
    except DatabaseUnavailable:
        return JsonResponse({"authority": authority.id, "database": "unreachable"}, status=503)
    return JsonResponse(
        {
            "authority": authority.id,
            "database": "reachable",
            "demonstration": authority.demonstration,
            "domain_time": now,
        }
    )
