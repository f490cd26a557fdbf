from pathlib import Path

import psycopg
import pytest

from tongguan.adapters.cluster import Cluster, ClusterError, ServerTooOldError, connect_url
from tongguan.adapters.cluster.external import check_version


def test_connect_url__no_address_given__makes_a_database(data_directory: Path) -> None:
    with (
        connect_url(data_directory, database="hk") as url,
        psycopg.connect(url) as connection,
    ):
        assert connection.info.dbname == "hk"


def test_connect_url__address_given__starts_nothing(cluster: Cluster, tmp_path: Path) -> None:
    given = cluster.url("postgres")
    with connect_url(tmp_path / "data", database="hk", database_url=given) as url:
        assert url == given
    assert not (tmp_path / "data").exists()


def test_connect_url__no_server_there__says_so_without_the_password(tmp_path: Path) -> None:
    given = f"postgresql://someone:secret@/x?host={tmp_path}"
    with (
        pytest.raises(ClusterError, match="does not answer") as caught,
        connect_url(tmp_path, database="hk", database_url=given),
    ):
        pass
    assert "secret" not in str(caught.value)


def test_connect_url__not_an_address__says_so(tmp_path: Path) -> None:
    with (
        pytest.raises(ClusterError, match="DATABASE_URL is not") as caught,
        connect_url(tmp_path, database="hk", database_url="secret words"),
    ):
        pass
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(("version", "refused"), [(14, True), (15, False), (18, False)])
def test_check_version__refuses__below_15(version: int, refused: bool) -> None:
    if not refused:
        check_version(version)
        return
    with pytest.raises(ServerTooOldError, match="PostgreSQL 14; 15 or later is needed"):
        check_version(version)
