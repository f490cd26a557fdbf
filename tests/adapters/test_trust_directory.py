"""The directory of trusted issuers: what is there is read, what is rubbish is passed over."""

import errno
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import dcc
from tests.builders.authorities import deployment
from tests.builders.brought import pem_of
from tongguan.adapters import trust_directory
from tongguan.adapters.deployment import open_authority
from tongguan.adapters.trust_directory import (
    FOLDER_NAME,
    TrustDirectoryError,
    certificate_issuers_of,
    read_trust_directory,
)
from tongguan.core.certificates.x509 import written_key_id


def test_trust_directory__of_rubbish__trusts_nobody(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    for name in ("a.pem", "b.json", "below/c.jwks.json", "d"):
        (tmp_path / name).write_bytes(b"\xff{[-----BEGIN CERTIFICATE-----x")
    found = read_trust_directory(tmp_path)
    assert found.trust.certificates == ()


def test_trust_directory__that_is_none__is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TrustDirectoryError, match="not a directory"):
        read_trust_directory(tmp_path / "nowhere")


def test_issuers__of_a_deployment__are_those_in_its_own_folder(tmp_path: Path) -> None:
    assert not certificate_issuers_of(tmp_path)
    folder = tmp_path / FOLDER_NAME
    folder.mkdir()
    assert not certificate_issuers_of(tmp_path)
    (folder / "at.pem").write_bytes(pem_of(dcc.default_certificate().der))
    found = certificate_issuers_of(tmp_path)
    assert found
    assert found.has_key(written_key_id(dcc.default_certificate()))
    for other in ("", "AAAAAAAAAAA=", "\ud800", "x" * 99):
        assert not found.has_key(other)


def test_issuers__that_cannot_be_read__stop_the_start_with_the_folders_name(
    tmp_path: Path,
) -> None:
    (tmp_path / FOLDER_NAME).write_text("a file")
    with pytest.raises(TrustDirectoryError, match=f"{FOLDER_NAME}: not a directory"):
        certificate_issuers_of(tmp_path)
    own = deployment("HK", "postgresql://127.0.0.1:1/none", tmp_path)
    own.directory.mkdir(parents=True)
    (own.directory / FOLDER_NAME).write_text("a file")
    with pytest.raises(TrustDirectoryError, match="not a directory"), open_authority(own):
        pass


PEM = pem_of(dcc.default_certificate().der)
KEY_SET = json.dumps({"keys": []}).encode()


@pytest.mark.parametrize("below", ["", "AT"], ids=["folder", "one-below"])
def test_issuers__that_nobody_may_list__stop_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    """Whoever runs the tests may be allowed everything, so the system's answer is put in."""
    folder = tmp_path / FOLDER_NAME
    (folder / "AT").mkdir(parents=True)
    (folder / "AT" / "at.pem").write_bytes(PEM)
    assert certificate_issuers_of(tmp_path)
    scandir = os.scandir

    def forbidden(path: str | os.PathLike[str]) -> Iterator[os.DirEntry[str]]:
        if Path(path) == folder / below:
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", forbidden)
    with pytest.raises(TrustDirectoryError, match=f"{FOLDER_NAME}: Permission denied"):
        certificate_issuers_of(tmp_path)


@pytest.mark.parametrize("name", [FOLDER_NAME, f"{FOLDER_NAME}/at.pem"], ids=["folder", "file"])
def test_issuers__behind_a_link_to_nowhere__stop_the_start(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).symlink_to(tmp_path / "gone")
    with pytest.raises(TrustDirectoryError, match=FOLDER_NAME):
        certificate_issuers_of(tmp_path)


DAMAGED = {
    "cut-off": ("at.pem", PEM[:300]),
    "second-cut-off": ("all.pem", PEM + PEM[:300]),
    "cut-off-elsewhere-named": ("at.crt", PEM[:300]),
    "changed": ("at.pem", PEM.replace(b"MII", b"AII", 1)),
    "empty": ("AT.PEM", b""),
    "key-set-cut-off": ("example.org/.well-known/jwks.json", KEY_SET[:-1]),
}


@pytest.mark.parametrize(("name", "content"), DAMAGED.values(), ids=DAMAGED)
def test_issuers__damaged__stop_the_start_with_the_files_name(
    tmp_path: Path, name: str, content: bytes
) -> None:
    folder = tmp_path / FOLDER_NAME
    for path, sound in {"sound.pem": PEM, "sound.json": KEY_SET, "read.me": b"\xff"}.items():
        folder.mkdir(exist_ok=True)
        (folder / path).write_bytes(sound)
    assert certificate_issuers_of(tmp_path)
    damaged = folder / name
    damaged.parent.mkdir(parents=True, exist_ok=True)
    damaged.write_bytes(content)
    with pytest.raises(TrustDirectoryError, match=re.escape(name)):
        certificate_issuers_of(tmp_path)


def test_trust_directory__of_too_much__is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "large.pem").write_bytes(b"x" * 11)
    monkeypatch.setattr(trust_directory, "FILE_BYTES_MAX", 10)
    with pytest.raises(TrustDirectoryError, match=r"large\.pem"):
        read_trust_directory(tmp_path)
    monkeypatch.setattr(trust_directory, "FILE_BYTES_MAX", 11)
    monkeypatch.setattr(trust_directory, "FILES_MAX", 0)
    with pytest.raises(TrustDirectoryError, match="more than 0 files"):
        read_trust_directory(tmp_path)
