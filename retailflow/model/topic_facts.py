"""What brokers accept as a topic: names, topic-level keys per kind of cluster, and what a change log must not be set to.

Sources: Apache Kafka `TopicConfig` and `Topic`; Amazon MSK developer guide, serverless and express configuration; Amazon Redshift
developer guide, streaming ingestion (a topic name of at most 128 characters).
"""

import re
from collections.abc import Mapping

NAME = re.compile(r"[A-Za-z0-9._-]{1,249}")
REDSHIFT_NAME_LENGTH = 128

_SHARED = frozenset(
    ("cleanup.policy", "compression.type", "max.message.bytes", "message.timestamp.type", "retention.bytes", "retention.ms"),
)
_EXPRESS = _SHARED | frozenset(
    (
        "delete.retention.ms",
        "max.compaction.lag.ms",
        "message.timestamp.after.max.ms",
        "message.timestamp.before.max.ms",
        "min.compaction.lag.ms",
    )
)
_STANDARD = _EXPRESS | frozenset(
    (
        "compression.gzip.level",
        "compression.lz4.level",
        "compression.zstd.level",
        "file.delete.delay.ms",
        "flush.messages",
        "flush.ms",
        "index.interval.bytes",
        "local.retention.bytes",
        "local.retention.ms",
        "message.downconversion.enable",
        "message.format.version",
        "message.timestamp.difference.max.ms",
        "min.cleanable.dirty.ratio",
        "min.insync.replicas",
        "preallocate",
        "remote.storage.enable",
        "segment.bytes",
        "segment.index.bytes",
        "segment.jitter.ms",
        "segment.ms",
        "unclean.leader.election.enable",
    )
)
KEYS: Mapping[str, frozenset[str]] = {
    "standard": _STANDARD,
    "express": _EXPRESS,
    "serverless": _SHARED | frozenset(("message.timestamp.difference.max.ms",)),
}


def faults(name: str, partitions: int, replication_factor: int, config: Mapping[str, str], cluster: str = "standard") -> tuple[str, ...]:
    """What a broker, or a reader of the log, would not accept of a topic of change events; empty when all is well."""
    found = []
    if not NAME.fullmatch(name) or name in (".", ".."):
        found.append(f"`{name}` is not a topic name")
    if len(name) > REDSHIFT_NAME_LENGTH:
        found.append(f"`{name}` is longer than the {REDSHIFT_NAME_LENGTH} characters Redshift reads")
    if partitions < 1 or replication_factor < 1:
        found.append("a topic has at least one partition and one replica")
    if cluster == "express" and replication_factor != 3:
        found.append("an express cluster keeps exactly 3 replicas")
    found += [f"`{key}` is no topic-level key of a {cluster} cluster" for key in sorted(config.keys() - KEYS[cluster])]
    if "compact" in config.get("cleanup.policy", "delete"):
        found.append("compaction loses the changes in between: `cleanup.policy` must be `delete`")
    in_sync = config.get("min.insync.replicas")
    if in_sync is not None and int(in_sync) >= max(replication_factor, 2):
        found.append("`min.insync.replicas` must be less than the replication factor, else patching a broker blocks writes")
    return tuple(found)
