"""A version for people to read: phase by phase, then claims, assumed values and unknowns."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from typing import cast

from rich.console import Console
from rich.table import Table

from tongguan.adapters.scheme_files import LoadedScheme
from tongguan.adapters.scheme_words import SchemeWords
from tongguan.adapters.words import words
from tongguan.cli.scheme_clauses import phase_clauses, rivals, version_clauses
from tongguan.cli.scheme_data import assumed_values
from tongguan.core.scheme.model import (
    Category,
    Claim,
    ControlPoint,
    DateInterval,
    Denied,
    Direction,
    Phase,
    Quota,
    Version,
)
from tongguan.core.scheme.reading import version_as_data
from tongguan.core.scheme.unknowns import unknowns
from tongguan.core.texts import Language, Text


class SchemeView:
    """Prints a version in one language; what nobody has stated is said to be not stated."""

    def __init__(self, console: Console, language: Language) -> None:
        self._console = console
        self._language = language

    def print_scheme(self, loaded: LoadedScheme) -> None:
        """The whole version."""
        version = loaded.version
        self._console.print(self._text(version.title), style="bold")
        self._console.print(self._text(version.summary))
        self._print_facts(
            ("version", f"{version.id} ({version.scheme}, {version.number})"),
            ("digest", loaded.digest),
            ("follows", version.follows),
            ("parties", self._names(party.name for party in version.parties)),
            ("booking_authority", version.booking_authority),
            ("zone", version.zone),
            ("week_starts_on", self._choice("weekdays", version.week_starts_on)),
        )
        data = version_as_data(version)
        said = SchemeWords(self._language, data)
        for phase, written in zip(version.phases, _phases_of(data), strict=True):
            self._print_phase(phase, said)
            self._print_clauses(phase_clauses(said, written))
        self._print_data(version)
        self._print_clauses(version_clauses(said, data))
        self._print_claims(version.claims)
        self._print_rivals(data)
        self._print_assumed(loaded)
        self._print_unknowns(version)
        self._heading("sources")
        for source in version.sources:
            self._console.print(f"{source.id}: {source.title} ({source.publisher})")
            self._console.print(f"  {source.url} · {source.published:%Y-%m-%dT%H:%M:%SZ}")

    def _print_phase(self, phase: Phase, said: SchemeWords) -> None:
        self._console.print()
        self._console.rule(f"{self._label('phase')}: {self._text(phase.name)} ({phase.id})")
        points = phase.entry.control_points if phase.entry else None
        part, back, health = phase.participation, phase.return_, phase.health
        documents = part.document_types if part else None
        self._print_facts(
            ("not_before", self._days(phase.not_before)),
            ("hoped_for", self._days(phase.hoped_for)),
            ("ends", phase.ends),
            ("claims", ", ".join(phase.basis.claims)),
            ("entry", ", ".join(phase.entry.divisions) if phase.entry else None),
            ("control_points", None if points is None else self._points(points)),
            ("participation", ", ".join(part.divisions) if part else None),
            ("documents", documents and ", ".join(self._choice("documents", d) for d in documents)),
            ("area", self._area(phase, said)),
            ("health_codes", self._health(phase)),
            ("care", self._text(health.care) if health and health.care else None),
            ("return_place", self._yes_no(back.place_required if back else None)),
            ("stay_days_max", back.stay_days_max if back else None),
            ("same_control_point", self._yes_no(back.same_control_point if back else None)),
            (
                "status_list_age",
                phase.credentials and phase.credentials.status_list_age_minutes_max,
            ),
        )
        self._print_categories(phase.categories)
        self._print_quotas(phase.quotas)
        self._print_directions(phase.directions)

    def _print_categories(self, categories: tuple[Category, ...]) -> None:
        rows = [
            (
                each.id,
                self._text(each.name),
                self._choice("allocation", each.allocation),
                self._evidence(each),
                ", ".join(each.basis.claims),
            )
            for each in categories
        ]
        self._table("categories", ("id", "name", "allocation", "evidence", "claims"), rows)

    def _print_quotas(self, quotas: tuple[Quota, ...]) -> None:
        rows = [
            (
                each.id,
                self._text(each.name),
                self._choice("quota_kind", each.kind),
                self._choice("quota_per", each.per),
                self._stated(each.limit),
                ", ".join(f"{name}: {self._stated(value)}" for name, value in each.counts.items()),
                ", ".join(each.basis.claims),
            )
            for each in quotas
        ]
        self._table("quotas", ("id", "name", "kind", "per", "limit", "counts", "claims"), rows)

    def _print_directions(self, directions: tuple[Direction, ...]) -> None:
        rows = [
            (
                each.id,
                words(f"pages.legs.{each.leg.value}", self._language),
                self._stated(
                    each.slots
                    and ", ".join(f"{s.id} {s.starts:%H:%M}–{s.ends:%H:%M}" for s in each.slots)
                ),
                self._stated(each.booking and each.booking.party.size_max),
            )
            for each in directions
        ]
        self._table("directions", ("id", "leg", "slots", "party_size"), rows)

    def _print_data(self, version: Version) -> None:
        data = version.data
        self._heading("data")
        self._print_facts(
            ("legal_basis", data.legal_basis and self._text(data.legal_basis)),
            ("controller", data.controller and self._text(data.controller)),
            ("purpose", data.purpose and self._text(data.purpose)),
            ("retention_days", data.retention_days),
            ("ends", data.ends),
        )

    def _print_clauses(self, clauses: Iterable[tuple[str, str]]) -> None:
        for number, (name, details) in enumerate(clauses):
            if not number:
                self._console.print(f"{self._label('further')}:")
            self._console.print(f"  – {name}" + (f": {details}" if details else ""))

    def _print_rivals(self, data: Mapping[str, object]) -> None:
        for number, each in enumerate(rivals(data)):
            if not number:
                self._heading("rivals")
            self._console.print(f"{each.claim}: {each.path}")
            self._console.print(f"    {each.because[self._language.value]}")

    def _print_claims(self, claims: tuple[Claim, ...]) -> None:
        self._heading("claims")
        for claim in claims:
            certainty = words(f"pages.certainty.{claim.certainty.value}", self._language)
            self._console.print(f"{claim.id} [{certainty}] {self._text(claim.fact)}")
            for witness in claim.witnesses:
                day = None if witness.on is None else witness.on.isoformat()
                through = witness.through and f"{self._label('through')} {witness.through}"
                self._console.print(
                    "    – " + " · ".join(filter(None, (self._text(witness.who), day, through)))
                )

    def _print_assumed(self, loaded: LoadedScheme) -> None:
        self._heading("assumed")
        for each in assumed_values(loaded):
            value = f" = {each.value}" if isinstance(each.value, str | int) else ""
            self._console.print(f"{each.path}{value}")
            self._console.print(f"    {each.reason[self._language.value]}")

    def _print_unknowns(self, version: Version) -> None:
        self._heading("unknowns")
        for unknown in unknowns(version):
            blocks = self._label("blocks" if unknown.blocks else "blocks_nothing")
            self._console.print(f"{self._text(unknown.what)} ({blocks})")
            self._console.print(f"    {unknown.path}")

    def _print_facts(self, *facts: tuple[str, object]) -> None:
        for key, value in facts:
            self._console.print(f"{self._label(key)}: {self._stated(value)}")

    def _table(self, title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
        if not rows:
            self._print_facts((title, None))
            return
        table = Table(title=self._label(title), title_justify="left")
        for column in columns:
            table.add_column(self._label(column), overflow="fold")
        for row in rows:
            table.add_row(*row)
        self._console.print(table, soft_wrap=False)

    def _heading(self, key: str) -> None:
        self._console.print()
        self._console.rule(self._label(key))

    def _label(self, key: str) -> str:
        return words(f"commands.show.{key}", self._language)

    def _text(self, text: Text) -> str:
        return text.in_language(self._language)

    def _stated(self, value: object) -> str:
        return words("pages.not_stated", self._language) if value is None else str(value)

    def _choice(self, group: str, value: str | None) -> str:
        return self._stated(value and words(f"commands.choices.{group}.{value}", self._language))

    def _yes_no(self, value: bool | None) -> str | None:
        return None if value is None else self._label("yes" if value else "no")

    def _names(self, names: Iterable[Text]) -> str:
        return ", ".join(self._text(name) for name in names)

    def _days(self, days: DateInterval | None) -> str | None:
        if days is None:
            return None
        return days.first.isoformat() if days.first == days.last else f"{days.first} – {days.last}"

    def _points(self, points: tuple[ControlPoint, ...]) -> str:
        return ", ".join(
            f"{point.id} ({self._names(point.names.values())}) {self._hours(point)}"
            for point in points
        )

    def _hours(self, point: ControlPoint) -> str:
        opens, closes = (self._stated(_clock(at)) for at in (point.opens, point.closes))
        return f"{opens}–{closes}"

    def _area(self, phase: Phase, said: SchemeWords) -> str | None:
        if phase.area is None:
            return None
        allowed = ", ".join(phase.area.allow)
        if not phase.area.deny:
            return allowed
        denied = ", ".join(self._denied(each, said) for each in phase.area.deny)
        return words("commands.show.area_except", self._language, allowed=allowed, denied=denied)

    def _denied(self, denied: Denied, said: SchemeWords) -> str:
        name = (
            said.name_of({"code": denied.code}) if denied.name is None else self._text(denied.name)
        )
        first, last = (
            None if each is None else each.isoformat() for each in (denied.first, denied.last)
        )
        days = said.days(first, last)
        return f"{denied.code} ({name})" + (f" {days}" if days else "")

    def _health(self, phase: Phase) -> str | None:
        if phase.health is None or not phase.health.codes_stated:
            return None
        return self._listed(
            "; ", (f"{each.issuer}: {', '.join(each.directions)}" for each in phase.health.codes)
        )

    def _evidence(self, category: Category) -> str:
        if category.evidence is None:
            return self._stated(None)
        return self._listed(
            ", ",
            (
                self._text(each.name) + ("" if each.required else f" ({self._label('optional')})")
                for each in category.evidence
            ),
        )

    def _listed(self, between: str, items: Iterable[str]) -> str:
        """The items; that there are none is a statement, not a gap."""
        return between.join(items) or self._label("none_asked")


def _phases_of(data: Mapping[str, object]) -> list[Mapping[str, object]]:
    return cast("list[Mapping[str, object]]", data["phases"])


def _clock(at: time | None) -> str | None:
    return None if at is None else f"{at:%H:%M}"
