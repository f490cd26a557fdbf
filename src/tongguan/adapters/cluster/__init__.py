"""PostgreSQL brought along: a private server on a Unix socket, shared by our processes."""

from tongguan.adapters.cluster.cluster import Cluster, remove_cluster
from tongguan.adapters.cluster.errors import (
    ClusterError,
    ClusterNotRunningError,
    ServerTooOldError,
)
from tongguan.adapters.cluster.external import check_server, connect_url
from tongguan.adapters.cluster.signals import leaving_on_signals

__all__ = [
    "Cluster",
    "ClusterError",
    "ClusterNotRunningError",
    "ServerTooOldError",
    "check_server",
    "connect_url",
    "leaving_on_signals",
    "remove_cluster",
]
