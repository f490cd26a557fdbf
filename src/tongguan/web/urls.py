"""Every address; pages carry their language as a prefix, the API does not."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from tongguan.web import health
from tongguan.web.api.docs import docs
from tongguan.web.api.interface import interface, openapi
from tongguan.web.desk import applications as desk_applications
from tongguan.web.desk import certificates as desk_certificates
from tongguan.web.desk import conversion as desk_conversion
from tongguan.web.desk import corrections as desk_corrections
from tongguan.web.desk import health as desk_health
from tongguan.web.desk import registrations as desk_registrations
from tongguan.web.desk import sign_in as desk_sign_in
from tongguan.web.desk import two_officers, watch
from tongguan.web.pages import (
    applications,
    certificates,
    conversion,
    corrections,
    health_codes,
    health_figures,
    health_rules,
    journeys,
    passes,
    public,
    registrations,
    sign_in,
    slips,
)

handler400 = "tongguan.web.errors.bad_request"
handler403 = "tongguan.web.errors.forbidden"
handler404 = "tongguan.web.errors.not_found"
handler500 = "tongguan.web.errors.our_fault"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("api/v1/openapi.json", openapi, name="openapi"),
    path("api/v1/", interface.urls),
    *i18n_patterns(
        path("", public.overview, name="public"),
        path("scheme/<slug:version_id>/", public.version, name="scheme-version"),
        path("apply/", applications.choose, name="apply"),
        path("apply/<slug:category_id>/", applications.apply, name="apply-category"),
        path("sign-in/", sign_in.sign_in, name="sign-in"),
        path("sign-out/", sign_in.sign_out, name="sign-out"),
        path("application/", applications.show, name="application"),
        path("application/places/", journeys.take, name="take-places"),
        path("application/journeys/<uuid:journey_id>/", passes.show, name="passes"),
        path("application/journeys/<uuid:journey_id>/print/", passes.paper, name="passes-print"),
        path(
            "application/journeys/<uuid:journey_id>/cancel/",
            journeys.cancel,
            name="cancel-journey",
        ),
        path(
            "application/journeys/<uuid:journey_id>/confirm/",
            journeys.confirm,
            name="confirm-journey",
        ),
        path("health-code/", registrations.front, name="health-code"),
        path("health-code/register/", registrations.register_self, name="health-code-register"),
        path("health-code/slip/", registrations.slip, name="registration-slip"),
        path("health-code/slip/new/", slips.renew, name="registration-slip-new"),
        path("health-code/sign-in/", registrations.sign_in, name="health-code-sign-in"),
        path("health-code/claim/", registrations.claim, name="claim-number"),
        path("health-code/claim/state/", registrations.claim_state, name="claim-state"),
        path("health-code/claim/answer/", registrations.answer_claim, name="answer-claim"),
        path("health-code/own/", health_codes.show, name="health-code-show"),
        path("health-code/own/print/", health_codes.paper, name="health-code-print"),
        path("health-code/own/new/", health_codes.anew, name="health-code-anew"),
        path("health-code/declare/", health_codes.declare, name="health-code-declare"),
        path("health-code/certificates/", certificates.bring, name="bring-certificate"),
        path("health-code/statement/", conversion.state, name="statement"),
        path("health-code/statement/bring/", conversion.bring, name="bring-statement"),
        path(
            "health-code/findings/<uuid:evidence_id>/correction/",
            corrections.correction,
            name="correction",
        ),
        path("health-codes/figures/", health_figures.figures, name="health-code-figures"),
        path("health-codes/rules/", health_rules.rules, name="health-code-rules"),
        path("desk/", desk_applications.queue, name="desk"),
        path(
            "desk/applications/<uuid:application_id>/",
            desk_applications.application,
            name="desk-application",
        ),
        path("desk/health/", desk_health.index, name="desk-health"),
        path("desk/health/register/", desk_registrations.new, name="desk-register"),
        path(
            "desk/health/registrations/<slug:reference>/",
            desk_registrations.registration,
            name="desk-registration",
        ),
        path(
            "desk/health/registrations/<slug:reference>/slip/",
            desk_registrations.slip,
            name="desk-slip",
        ),
        path(
            "desk/health/registrations/<slug:reference>/declare/",
            desk_registrations.declare,
            name="desk-declare",
        ),
        path(
            "desk/health/registrations/<slug:reference>/findings/<uuid:evidence_id>/correction/",
            desk_corrections.correction,
            name="desk-correction",
        ),
        path(
            "desk/health/registrations/<slug:reference>/statement/",
            desk_conversion.state,
            name="desk-statement",
        ),
        path(
            "desk/health/registrations/<slug:reference>/statement/bring/",
            desk_conversion.bring,
            name="desk-bring",
        ),
        path(
            "desk/health/registrations/<slug:reference>/certificate/",
            desk_certificates.bring,
            name="desk-certificate",
        ),
        path(
            "desk/health/registrations/<slug:reference>/finding/",
            two_officers.finding,
            name="desk-finding",
        ),
        path("desk/health/proposals/", two_officers.proposals, name="desk-proposals"),
        path(
            "desk/health/proposals/<uuid:proposal_id>/",
            two_officers.proposal,
            name="desk-proposal",
        ),
        path("desk/health/evidence/<uuid:evidence_id>/lift/", two_officers.lift, name="desk-lift"),
        path(
            "desk/health/evidence/<uuid:evidence_id>/release/",
            two_officers.release,
            name="desk-release",
        ),
        path("desk/health/cases/", desk_health.cases, name="desk-cases"),
        path("desk/health/cases/<uuid:case_id>/", desk_health.case, name="desk-case"),
        path("desk/health/claims/", desk_health.claims, name="desk-claims"),
        path("desk/health/claims/<uuid:claim_id>/", desk_health.claim, name="desk-claim"),
        path("desk/health/acts/", watch.acts, name="desk-acts"),
        path("desk/health/alarms/", watch.alarms, name="desk-alarms"),
        path("desk/sign-in/", desk_sign_in.sign_in, name="desk-sign-in"),
        path("desk/sign-out/", desk_sign_in.sign_out, name="desk-sign-out"),
        path("api/", docs, name="api-docs"),
    ),
]
