"""What can go wrong with a database cluster, in words for the person who runs it."""


class ClusterError(Exception):
    """The cluster cannot be used as asked; the message names the place and what to do."""


class ClusterNotRunningError(ClusterError):
    """Nobody runs this cluster, and the caller asked only to attach to it."""


class ServerTooOldError(ClusterError):
    """The given PostgreSQL server is older than the oldest release that the ledger's SQL needs."""
