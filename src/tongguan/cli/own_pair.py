"""Both authorities with databases and keys that nobody else has, gone when they are done with."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tongguan.adapters.cluster import Cluster
from tongguan.cli.pair import Pair, opened_pair
from tongguan.core.identifiers import AuthorityId
from tongguan.core.scheme.model import Version


@contextlib.contextmanager
def own_pair(
    cluster: Cluster,
    version: Version,
    *,
    prefix: str,
    first_instant: datetime,
    connections_max: int,
) -> Iterator[Pair]:
    """The parties of a version over fresh databases of a cluster, dropped at the end."""
    directory = Path(tempfile.mkdtemp(prefix="tongguan-demo-"))
    suffix = directory.name.rpartition("-")[2].lower()
    names = {party.id: f"{prefix}{party.id.lower()}_{suffix}" for party in version.parties}

    def url(authority: AuthorityId) -> str:
        cluster.ensure_database(names[authority])
        return cluster.url(names[authority])

    try:
        with opened_pair(
            version,
            data_directory=directory,
            database_url=url,
            first_instant=first_instant,
            connections_max=connections_max,
        ) as pair:
            yield pair
    finally:
        for name in names.values():
            cluster.drop_database(name)
        shutil.rmtree(directory)
