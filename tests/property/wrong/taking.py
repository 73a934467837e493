"""What can go wrong where events are taken."""

from tests.property.wrong.mutation import Mutation

_LATEST_TAKEN = r"\1 AND r._sequence > COALESCE((SELECT MAX(l._sequence) FROM staging.\2_log AS l), '')"

TAKING = (
    Mutation(
        "an event that stands twice in the log",
        "take",
        r"WHERE n\.copy_no > 1 OR l\._identity IS NOT NULL",
        "WHERE n.copy_no > 1",
        "events/a_redelivered_change_is_one_event.yaml",
    ),
    Mutation(
        "what comes late is passed over",
        "take",
        r"(FROM tmp_rows_(\w+) AS r WHERE NOT EXISTS \(SELECT 1 FROM tmp_repeats_\w+ AS i WHERE [^()]*\))",
        _LATEST_TAKEN,
        "versions/a_late_event_splits_an_interval.yaml",
    ),
    Mutation(
        "all that is not beyond the watermark is held to be known",
        "pass over arrivals of customer taken before",
        r"FROM tmp_seen_customer AS t WHERE .*\)$",
        "FROM tmp_below_customer AS t WHERE r.record_offset = t.record_offset)",
        "events/a_lower_offset_comes_later.yaml",
    ),
    Mutation(
        "the watermark is one too low",
        "take",
        r"GREATEST\(MAX\(f\.record_offset\),",
        "GREATEST(MAX(f.record_offset) - 1,",
        "events/a_record_read_twice_counts_once.yaml",
    ),
    Mutation(
        "an absent field is NULL",
        "take",
        r"CASE WHEN op <> 'd' AND \((?:(?! AS _absent).)* AS _absent",
        "CAST(NULL AS VARCHAR) AS _absent",
        "unknown/an_absent_field_keeps_what_was_known.yaml",
    ),
    Mutation(
        "keys are not folded",
        "",
        r"CASE WHEN STRLEN\((\S+)\) = LENGTH\(\1\) THEN .*? TRANSLATE\(\1, '[^']*', '[^']*'\) END",
        r"\1",
        "values/padded_keys_in_any_case_are_one.yaml",
    ),
    Mutation(
        "the old key stays where a key changes",
        "take",
        r"(outcome = 'row' AND) (\(op = 'u' AND)",
        r"\1 FALSE AND \2",
        "states/a_key_changes.yaml",
    ),
    Mutation(
        "the key before an update is not read",
        "take",
        r"CASE WHEN op = 'u' AND \(b\d+ <> a\d+\)",
        "CASE WHEN op = 'u' AND FALSE",
        "states/a_key_changes.yaml",
    ),
    Mutation(
        "positions are compared as text",
        "take",
        r"LPAD\(CAST\((SPLIT_PART\(s_\w+_lsn, ':', \d\)) AS VARCHAR\), \d, '0'\)",
        r"\1",
        "events/log_positions_are_no_text.yaml",
    ),
    Mutation(
        "rows are counted, not keys",
        "settle",
        r"COUNT\(DISTINCT h\.key_text\)",
        "COUNT(h.key_text)",
        "snapshots/a_row_held_back_twice_is_one_key.yaml",
    ),
    Mutation(
        "rows at another position count",
        "settle",
        r" AND h\.place = m\.place",
        "",
        "snapshots/rows_at_another_position_do_not_count.yaml",
    ),
    Mutation(
        "a row in quarantine does not hold its key",
        "",
        r" UNION ALL SELECT incarnation, snapshot_id, place, key_text FROM staging\.quarantine WHERE [^)]*",
        "",
        "snapshots/a_quarantined_row_says_that_its_key_is_there.yaml",
    ),
    Mutation(
        "a snapshot that becomes complete touches nothing",
        "settle",
        r" UNION SELECT l\..*",
        "",
        "snapshots/a_snapshot_becomes_complete_with_its_last_row.yaml",
    ),
    Mutation(
        "a heartbeat moves no clock",
        "heartbeats",
        "(FROM raw_heartbeats) UNION ALL ",
        r"\1 WHERE FALSE UNION ALL ",
        "periodic/time_goes_on_without_changes.yaml",
    ),
    Mutation("times are shifted nowhere", "take", r"-z\d+\.offset_seconds", "0", "times/local_time_becomes_utc.yaml"),
)
