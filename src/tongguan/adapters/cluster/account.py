"""The operating system account that the server processes run under."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from tongguan.adapters.cluster.errors import ClusterError

SERVER_ACCOUNTS = ("nobody", "daemon")


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """An account by its numbers, which need no entry in the password file."""

    uid: int
    gid: int


def own_account() -> Account:
    """The account of this process."""
    return Account(uid=os.geteuid(), gid=os.getegid())


def server_account(server_files: Path) -> Account:
    """The account for the server: our own, or, since PostgreSQL refuses root, another one.

    Root keeps to whoever owns the server files when they are there, so that a cluster made by an
    ordinary user stays that user's. New ones belong to `nobody`.
    """
    if os.geteuid() != 0:
        return own_account()
    if server_files.is_dir() and server_files.stat().st_uid != 0:
        found = server_files.stat()
        return Account(uid=found.st_uid, gid=found.st_gid)
    for name in SERVER_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=entry.pw_uid, gid=entry.pw_gid)
    raise ClusterError(
        f"root needs one of the accounts {', '.join(SERVER_ACCOUNTS)} for the server"
    )


def is_open_to_all(folder: Path) -> bool:
    """Whether an account without any rights of its own can enter this folder and read it."""
    return folder.stat().st_mode & 0o005 == 0o005 and all(
        parent.stat().st_mode & 0o001 for parent in folder.parents
    )
