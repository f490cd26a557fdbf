"""A pair of authorities made once and copied for each test: its databases and its directories."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.builders.authorities import START, Pair, deployment, opened_pair
from tongguan.adapters.cluster import Cluster
from tongguan.adapters.deployment import open_authority

_SIDES = ("HK", "GD")


@dataclass(frozen=True, kw_only=True, slots=True)
class PairImage:
    """Closed databases and directories of both authorities; nobody opens them but to copy."""

    name: str
    directory: Path

    def database(self, side: str) -> str:
        """The name of one side's database."""
        return f"image_{self.name}_{side.lower()}"


def make_image(
    cluster: Cluster,
    template: str,
    name: str,
    directory: Path,
    prepare: Callable[[Pair], None] = lambda _: None,
) -> PairImage:
    """An image of a pair after ``prepare``, with the clocks at ``START``."""
    image = PairImage(name=name, directory=directory)
    made = iter(_SIDES)

    def database_url() -> str:
        return _copied(cluster, image.database(next(made)), template)

    with opened_pair(database_url, directory) as pair:
        prepare(pair)
    return image


@contextmanager
def copied_pair(cluster: Cluster, image: PairImage, directory: Path) -> Iterator[Pair]:
    """Both authorities of a copy of the image, their clocks at ``START``; gone at the end."""
    names = {side: f"copy_of_{image.database(side)}" for side in _SIDES}
    with ExitStack() as stack:
        opened = []
        for side, name in names.items():
            stack.callback(cluster.drop_database, name)
            url = _copied(cluster, name, image.database(side))
            shutil.copytree(image.directory / side, directory / side)
            each = deployment(side, url, directory / side)
            opened.append(stack.enter_context(open_authority(each, durability_required=False)))
        pair = Pair(hk=opened[0], gd=opened[1])
        pair.set_time(START)
        yield pair


def _copied(cluster: Cluster, name: str, template: str) -> str:
    cluster.drop_database(name)
    cluster.ensure_database(name, template=template)
    return cluster.url(name)
