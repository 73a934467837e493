"""Topics, as Kafka and the readers of topics accept them; the keys and limits are those of `model.topic_facts`."""

import re
from collections.abc import Iterator

from retailflow.errors import Finding, Severity, did_you_mean
from retailflow.model import topic_facts
from retailflow.model.source import Route
from retailflow.resolve import Loaded, Written

KEYS = topic_facts.KEYS["standard"]  # all there are: other kinds of cluster know fewer
_CHOICES = {
    "cleanup.policy": ("delete", "compact", "compact,delete", "delete,compact"),
    "compression.type": ("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"),
    "message.timestamp.type": ("CreateTime", "LogAppendTime"),
    **dict.fromkeys(("preallocate", "remote.storage.enable", "unclean.leader.election.enable"), ("true", "false")),
}
_WHOLE = re.compile(r"-1|\d{1,19}", re.ASCII)
_TOPIC = re.compile(r"[a-zA-Z0-9._-]+", re.ASCII)  # of any length, which is told apart
_LONGEST = topic_facts.REDSHIFT_NAME_LENGTH


def keys(written: Written) -> Iterator[Finding]:
    """Topic-level keys of a table that Kafka does not have."""
    for key in written.spec.kafka.config:
        if key not in KEYS:
            place = written.document.key_place("kafka", "config", key)
            yield Finding("RF401", f"`{key}` is not a topic-level key of Kafka", place, hint=did_you_mean(key, sorted(KEYS)))


def default_keys(loaded: Loaded) -> Iterator[Finding]:
    """Topic-level keys of the project that Kafka does not have."""
    if loaded.spec is None or loaded.document is None:
        return
    for key in loaded.spec.defaults.kafka.config:
        if key not in KEYS:
            place = loaded.document.key_place("defaults", "kafka", "config", key)
            yield Finding("RF401", f"`{key}` is not a topic-level key of Kafka", place, hint=did_you_mean(key, sorted(KEYS)))


def values(written: Written) -> Iterator[Finding]:
    """Values that Kafka refuses for a key, or that stop writers."""
    if written.table is None:
        return
    topic = written.table.topic
    for key, value in topic.config:
        if key not in KEYS:
            continue
        place = written.document.place("kafka", "config", key)
        choices = _CHOICES.get(key)
        if choices is not None and value.replace(" ", "") not in choices:
            hint = did_you_mean(value, choices) or f"one of {', '.join(f'`{c}`' for c in choices)}"
            yield Finding("RF402", f"`{key}` cannot be `{value}`", place, hint)
        elif key.endswith((".ms", ".bytes", ".messages", ".level", ".replicas")) and not _WHOLE.fullmatch(value):
            yield Finding("RF402", f"`{key}` must be a whole number, not `{value}`", place)
        elif key == "min.insync.replicas" and int(value) > topic.replication_factor:
            message = f"`{key}: {value}` is more than the {topic.replication_factor} replicas there are, so nothing can be written"
            yield Finding("RF402", message, place, hint="at most `replication_factor` - 1, so that one broker may be away")


def topic_name(written: Written) -> Iterator[Finding]:
    """Names that Kafka, or Redshift reading from it, does not take."""
    if written.table is None:
        return
    name = written.table.topic.name
    if written.spec.kafka.topic is None and ("{" in name or not _TOPIC.fullmatch(written.spec.table.lower())):
        return  # the pattern, or the table's name, has a finding of its own
    place = written.document.place("kafka", "topic") if written.spec.kafka.topic is not None else written.document.place("table")
    if not _TOPIC.fullmatch(name) or name in (".", ".."):
        yield Finding("RF403", f"`{name}` cannot be the name of a topic", place, hint="letters, digits, `.`, `_` and `-`")
    elif len(name) > _LONGEST:
        message = f"topic `{name[:40]}…` has {len(name)} characters; Redshift reads topics of up to {_LONGEST}"
        yield Finding("RF403", message, place, hint="shorten `kafka: {topic: …}`, or `naming: {topic: …}`")
    elif name != name.lower() and written.spec.table == written.spec.table.lower():
        hint = "use lower case, or set `enable_case_sensitive_identifier` for the whole cluster"
        yield Finding("RF403", f"Redshift finds topic `{name}`, which has upper case, only with a setting", place, hint, Severity.WARNING)


def compaction(written: Written) -> Iterator[Finding]:
    """Compaction drops all but the latest change of a key, and with them the history that versions are made of."""
    table = written.table
    if table is None or table.route is not Route.CDC or "compact" not in dict(table.topic.config).get("cleanup.policy", ""):
        return
    if table.dimension is not None and (table.dimension.history or table.dimension).versioned:
        place = written.document.place("kafka", "config", "cleanup.policy")
        message = f"compaction loses changes that the versions of `{table.dimension.name}` are made of"
        yield Finding("RF404", message, place, hint="`cleanup.policy: delete`, and `retention.ms` longer than any outage")
