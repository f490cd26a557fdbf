"""Who travels: the granted applications of a run, kept in a file of its directory."""

from dataclasses import dataclass

APPLICATIONS = "applications.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """A granted application: what opens it, and how many people it has."""

    number: int
    client: int
    application: str
    reference: str
    secret: str
    category: str
    size: int
