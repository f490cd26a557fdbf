"""Decisions as JSON columns: what was decided and why, kept in the words it was decided in."""

from typing import Any

from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.identifiers import ClaimId
from tongguan.core.reasons import ReasonCode


def decision_as_data(decision: Decision) -> dict[str, Any]:
    """Plain data of a decision, for JSON."""
    return {
        "outcome": decision.outcome.value,
        "reasons": [
            {
                "code": each.code.value,
                "clause": each.clause,
                "claims": list(each.claims),
                "facts": dict(each.facts),
            }
            for each in decision.reasons
        ],
    }


def decision_from_data(data: dict[str, Any]) -> Decision:
    """The decision that ``decision_as_data`` wrote."""
    return Decision(
        outcome=Outcome(data["outcome"]),
        reasons=tuple(
            Reason(
                code=ReasonCode(each["code"]),
                clause=each["clause"],
                claims=tuple(ClaimId(claim) for claim in each["claims"]),
                facts=each["facts"],
            )
            for each in data["reasons"]
        ),
    )
