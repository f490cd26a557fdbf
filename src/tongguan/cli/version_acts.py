"""What commands that act on a version share: which text is meant, and what was done about it."""

from collections.abc import Callable
from pathlib import Path

from tongguan.adapters.scheme_files import LoadedScheme
from tongguan.app.schemes import adopt_version, scheme_record
from tongguan.cli.console import answers
from tongguan.cli.deployments import OpenedAuthority, authority_at
from tongguan.cli.neighbours import exchange_with_neighbours
from tongguan.cli.options import authority_named
from tongguan.cli.problems import clipped, faulty
from tongguan.cli.scheme_files import named_scheme
from tongguan.cli.speech import act_in_words
from tongguan.core.identifiers import AuthorityId, PhaseId, VersionId
from tongguan.core.scheme.acts import SignedAct
from tongguan.core.scheme.model import Phase
from tongguan.core.scheme.state import find_phase


def act_on_version(
    key: str,
    *,
    name: str,
    authority: str,
    phase: str | None,
    data: Path,
    act: Callable[[OpenedAuthority, LoadedScheme, Phase], SignedAct],
) -> tuple[LoadedScheme, SignedAct]:
    """Do an act on a phase of the version that the authority has, hand it on, and say it."""
    with authority_at(data, authority_named(authority)) as opened:
        loaded = adopted_scheme(opened, name)
        require_party(loaded, opened.authority.id)
        chosen = phase_of(loaded, phase)
        adopt_version(opened.authority, loaded.canonical)
        signed = act(opened, loaded, chosen)
        exchange_with_neighbours(opened)
    say_act(key, signed, phase=chosen.id)
    return loaded, signed


def adopted_scheme(opened: OpenedAuthority, name: str) -> LoadedScheme:
    """The version this authority has of that name, so that a changed file changes nothing."""
    record = scheme_record(opened.authority, VersionId(name))
    if record is None:
        return named_scheme(name)
    with opened.authority.database.transaction() as transaction:
        stored = transaction.schemes.by_digest(record.digest)
    if stored is None:
        raise LookupError(record.digest)
    return LoadedScheme(version=record.version, canonical=stored.canonical, digest=record.digest)


def phase_of(loaded: LoadedScheme, asked: str | None) -> Phase:
    """The phase asked for, or the version's first; ``SendersFaultError`` for one it has not."""
    phases = loaded.version.phases
    if asked is None:
        return phases[0]
    found = find_phase(loaded.version, PhaseId(asked))
    if found is None:
        known = ", ".join(each.id for each in phases)
        raise faulty("--phase", "no_phase", phase=clipped(asked, 60), known=known)
    return found


def require_party(loaded: LoadedScheme, authority: AuthorityId) -> None:
    """``SendersFaultError`` for an authority that is no party to the version."""
    parties = [party.id for party in loaded.version.parties]
    if authority not in parties:
        raise faulty("--authority", "no_party", parties=", ".join(parties))


def say_act(key: str, signed: SignedAct, **facts: str) -> None:
    """Say an act that was done."""
    answers().print(act_in_words(key, signed, **facts))
