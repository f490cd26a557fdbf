"""Where the parts of a cluster lie on disk.

The data directory holds what is ours alone: the locks, the password and the pointer. An ordinary
user has the server's files there too. For root they lie in a folder of their own, named
`/var/lib/tongguan-` and a digest of the data directory's path, because the server then runs
under another account, which could not enter a 0700 home. The pointer tells which folder that is.
"""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tongguan.adapters.cluster.account import Account, own_account, server_account
from tongguan.adapters.cluster.errors import ClusterError

ROOT_BASE = Path("/var/lib")
SHORT_BASES = (Path("/var/tmp"), Path("/tmp"))  # noqa: S108 - refused when another's
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES_MAX = 107
POINTER_NAME = "place.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """The folders and files of one cluster, its name, and the account that the server has."""

    name: str
    data_directory: Path
    place: Path
    socket_directory: Path
    account: Account

    @property
    def server_files(self) -> Path:
        """The server's own data directory."""
        return self.place / "postgres"

    @property
    def pid_file(self) -> Path:
        """The file in which the server names its process."""
        return self.server_files / "postmaster.pid"

    @property
    def log_file(self) -> Path:
        """What the server prints; statements and their values are never among it."""
        return self.place / "postgres.log"

    @property
    def password_file(self) -> Path:
        """The server's password, readable by us alone."""
        return self.data_directory / "password"

    @property
    def is_initialised(self) -> bool:
        """Whether a complete set of server files is there."""
        return (self.server_files / "PG_VERSION").is_file()


def is_made(data_directory: Path) -> bool:
    """Whether this is a cluster's data directory, and not just any folder."""
    return (data_directory / POINTER_NAME).is_file()


def find_layout(data_directory: Path) -> Layout:
    """The layout of the cluster of this data directory, made now if it is new."""
    directory = data_directory.resolve()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    name, place = _read_pointer(directory) or _first_place(directory)
    account = server_account(place / "postgres")
    if place != directory:
        # The server's account passes through to its own folders and can change nothing here.
        _make_folder(place, own_account(), mode=0o711)
    socket_directory = _socket_directory(name, place)
    _make_folder(socket_directory, account, mode=0o700)
    content = {"name": name, "data_directory": str(directory), "place": str(place)}
    write_private(directory / POINTER_NAME, json.dumps(content, indent=2) + "\n")
    return Layout(
        name=name,
        data_directory=directory,
        place=place,
        socket_directory=socket_directory,
        account=account,
    )


def write_private(path: Path, content: str) -> None:
    """Write a file of mode 0600 that is complete or absent at every moment.

    It belongs to whoever owns its folder, so that root does not lock an ordinary user out.
    """
    # Processes that start together write the same file, so each has a draft of its own.
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        give_to_owner_of(path.parent, file.fileno())
    draft.rename(path)


def give_to_owner_of(folder: Path, descriptor: int) -> None:
    """Let a file that root made belong to the owner of its folder."""
    if os.geteuid() == 0:
        found = folder.stat()
        os.fchown(descriptor, found.st_uid, found.st_gid)


def remove_server_files(layout: Layout) -> None:
    """Delete what the server of a cluster that does not run had kept."""
    shutil.rmtree(layout.server_files)
    layout.log_file.unlink(missing_ok=True)


def remove_all_files(layout: Layout) -> None:
    """Delete everything of a cluster that does not run."""
    for folder in (layout.socket_directory, layout.place, layout.data_directory):
        if folder.exists():
            shutil.rmtree(folder)


def _make_folder(folder: Path, account: Account, *, mode: int) -> None:
    folder.mkdir(mode=mode, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in {os.geteuid(), account.uid}:
        raise ClusterError(f"{folder} belongs to another account (uid {found.st_uid})")
    folder.chmod(mode)
    if found.st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)


def _name(directory: Path) -> str:
    return "tongguan-" + hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]


def _first_place(directory: Path) -> tuple[str, Path]:
    name = _name(directory)
    if os.geteuid() != 0:
        return name, directory
    if not os.access(ROOT_BASE, os.W_OK):
        raise ClusterError(
            f"root needs a folder for the server in {ROOT_BASE}; run as another user"
        )
    return name, ROOT_BASE / name


def _read_pointer(directory: Path) -> tuple[str, Path] | None:
    pointer = directory / POINTER_NAME
    if not pointer.is_file():
        return None
    content = json.loads(pointer.read_text(encoding="utf-8"))
    place, written_for = Path(content["place"]), Path(content["data_directory"])
    if written_for == directory:
        return content["name"], place
    # The data directory was moved or copied. Server files inside it came along. A place
    # elsewhere goes with a move; two copies must not share one set of server files.
    if place == written_for:
        return _name(directory), directory
    if (written_for / POINTER_NAME).is_file():
        raise ClusterError(
            f"{directory} is a copy of {written_for}, and the server files of both are {place}: "
            f"delete {directory} to begin anew there"
        )
    return content["name"], place


def _socket_directory(name: str, place: Path) -> Path:
    inside = place / "socket"
    if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX:
        return inside
    for base in SHORT_BASES:
        if os.access(base, os.W_OK):
            return base / name
    raise ClusterError(f"{inside} is too long for a socket, and no short folder can be written")
