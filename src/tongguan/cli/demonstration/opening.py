"""Before the first day: both sides sign the text, and the phase is activated."""

from datetime import datetime, timedelta

from tongguan.adapters.scheme_files import LoadedScheme
from tongguan.app.acts import activate_phase, receive_act, sign_version
from tongguan.app.annexes import receive_annex
from tongguan.app.authorities import Authority
from tongguan.app.figures import receive_figures
from tongguan.app.publishing import published_acts, published_annexes, published_figures
from tongguan.app.schemes import adopt_version
from tongguan.cli.pair import Pair
from tongguan.core.identifiers import PhaseId


class ActivationRefusedError(RuntimeError):
    """The scheme that is to be played cannot be activated; says every obstacle."""


def activate(pair: Pair, loaded: LoadedScheme, phase: PhaseId, at: datetime) -> None:
    """Let both sign the text at an instant, and the booking authority activate the phase."""
    pair.set_time(at)
    for authority in (pair.booking, pair.other):
        sign_version(authority, adopt_version(authority, loaded.canonical))
    send_acts(pair.booking, to=pair.other)
    send_acts(pair.other, to=pair.booking)
    # Two clocks never agree to the millisecond: the activation comes a minute after the signing.
    pair.set_time(at + timedelta(minutes=1))
    obstacles = activate_phase(pair.booking, loaded.digest, phase).obstacles
    if obstacles:
        raise ActivationRefusedError("; ".join(each.what.en for each in obstacles))
    send_acts(pair.booking, to=pair.other)


def send_acts(sender: Authority, *, to: Authority) -> None:
    """Hand every act that one authority holds to the other."""
    for message in published_acts(sender):
        receive_act(to, message)


def send_annexes(sender: Authority, *, to: Authority) -> None:
    """Hand every annex that one authority holds to the other."""
    for message in published_annexes(sender):
        receive_annex(to, message)


def send_figures(sender: Authority, *, to: Authority) -> None:
    """Hand all daily figures that one authority holds to the other."""
    for message in published_figures(sender):
        receive_figures(to, message)
