"""Demonstrations of several authorities in one directory: what one does, the others hear of."""

from contextlib import ExitStack

from tongguan.adapters.deployment import open_authority
from tongguan.app.authorities import Authority
from tongguan.app.peers import known_peers, trust_peer
from tongguan.app.publishing import published_keys, published_recognitions, published_trust_lists
from tongguan.app.recognition import receive_recognition, receive_trust_list
from tongguan.cli.console import remarks
from tongguan.cli.demonstration.opening import send_acts, send_annexes, send_figures
from tongguan.cli.deployments import OpenedAuthority, deployments_beside
from tongguan.cli.pair import recognise_each_other
from tongguan.cli.speech import say


def exchange_with_neighbours(opened: OpenedAuthority) -> None:
    """Let the demonstrations of one directory trust each other and hand over their acts.

    A real authority has no neighbours: it trusts only whom its people have compared.
    """
    if not opened.deployment.demonstration:
        return
    with ExitStack() as stack:
        for deployment in deployments_beside(opened.deployment):
            if deployment.demonstration:
                neighbour = stack.enter_context(open_authority(deployment))
                _trust(opened.authority, neighbour)
                _trust(neighbour, opened.authority)
                recognise_each_other(opened.authority, neighbour)
                send_acts(neighbour, to=opened.authority)
                send_acts(opened.authority, to=neighbour)
                send_annexes(neighbour, to=opened.authority)
                send_annexes(opened.authority, to=neighbour)
                send_figures(neighbour, to=opened.authority)
                send_figures(opened.authority, to=neighbour)
                _send_recognitions(neighbour, to=opened.authority)
                _send_recognitions(opened.authority, to=neighbour)


def _send_recognitions(sender: Authority, *, to: Authority) -> None:
    """Hand every list of keys, and every statement about one, to the other."""
    for message in published_trust_lists(sender):
        receive_trust_list(to, message)
    for message in published_recognitions(sender):
        receive_recognition(to, message)


def _trust(authority: Authority, other: Authority) -> None:
    """Pin the other's keys, unless keys of that name are pinned already."""
    if any(peer.authority == other.id for peer in known_peers(authority)):
        return
    peer = trust_peer(authority, published_keys(other))
    remarks().print(
        say(
            "run.trusts",
            authority=authority.id,
            peer=peer.authority,
            fingerprint=peer.fingerprint,
        )
    )
