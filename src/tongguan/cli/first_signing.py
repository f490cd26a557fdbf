"""The two signings and the activation of a demonstration, shown as they happen."""

import time
from typing import Final

from rich.console import Console

from tongguan.adapters.scheme_files import LoadedScheme, bundled_schemes, load_bundled
from tongguan.app.acts import activate_phase, sign_version
from tongguan.app.peers import known_peers
from tongguan.app.schemes import adopt_version, holding_now
from tongguan.cli.demonstration.opening import send_acts
from tongguan.cli.pair import Pair
from tongguan.cli.problems import failing
from tongguan.cli.speech import act_in_words, say, spoken_language
from tongguan.core.scheme.activation import Obstacle
from tongguan.core.scheme.acts import SignedAct

_POLL_SECONDS: Final = 0.02


def show_signing(pair: Pair, loaded: LoadedScheme, console: Console) -> None:
    """Adopt what is bundled; exchange keys, sign and activate where that has not been done."""
    texts = [load_bundled(each) for each in bundled_schemes()]
    for text in (each for each in texts if each.version.scheme == loaded.version.scheme):
        for authority in (pair.booking, pair.other):
            adopt_version(authority, text.canonical)
    pair.exchange_keys()
    for authority in (pair.booking, pair.other):
        for peer in known_peers(authority):
            console.print(
                say(
                    "run.trusts",
                    authority=authority.id,
                    peer=peer.authority,
                    fingerprint=peer.fingerprint,
                )
            )
    if holding_now(pair.booking) is None:
        _sign_and_activate(pair, loaded, console)
    pair.synchronise()
    holding = holding_now(pair.booking)
    if holding is not None:
        console.print(
            say(
                "run.holds",
                version=holding.version.id,
                phase=holding.phase.name.in_language(spoken_language()),
                digest=holding.digest,
            )
        )


def _sign_and_activate(pair: Pair, loaded: LoadedScheme, console: Console) -> None:
    phase = loaded.version.phases[0].id
    _show_act("scheme.sign.done", sign_version(pair.booking, loaded.digest), console)
    _show_obstacles(loaded, activate_phase(pair.booking, loaded.digest, phase).obstacles, console)
    signed = sign_version(pair.other, loaded.digest)
    _show_act("scheme.sign.done", signed, console)
    send_acts(pair.other, to=pair.booking)
    while pair.now() < signed.act.at:  # two clocks never agree to the millisecond
        time.sleep(_POLL_SECONDS)
    activation = activate_phase(pair.booking, loaded.digest, phase)
    if activation.act is None:
        raise failing(loaded.version.id, "not_activated", obstacles=_named(activation.obstacles))
    _show_act("scheme.activate.done", activation.act, console, phase=phase)


def _show_obstacles(
    loaded: LoadedScheme, obstacles: tuple[Obstacle, ...], console: Console
) -> None:
    version, named = loaded.version.id, _named(obstacles)
    console.print(say("run.not_yet", version=version, obstacles=named), style="yellow")


def _named(obstacles: tuple[Obstacle, ...]) -> str:
    return "; ".join(each.what.in_language(spoken_language()) for each in obstacles)


def _show_act(key: str, signed: SignedAct, console: Console, **facts: str) -> None:
    console.print(act_in_words(key, signed, **facts), style="green")
