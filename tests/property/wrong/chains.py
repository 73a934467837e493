"""What can go wrong where events become states."""

from tests.property.wrong.mutation import Mutation

CHAINS = (
    Mutation(
        "events are ordered as they arrived",
        "events of",
        r"l\._sequence AS _seq,",
        "LPAD(CAST(l._offset AS VARCHAR), 20, '0') AS _seq,",
        "versions/a_late_event_splits_an_interval.yaml",
    ),
    Mutation(
        "an incarnation is no order",
        "events of",
        r"ORDER BY e\._incarnation, e\._seq",
        "ORDER BY e._seq",
        "events/a_restored_database_is_another_incarnation.yaml",
    ),
    Mutation(
        "every change of a commit is a state",
        "chain of",
        r"WHERE x\._next_commit IS NULL OR .*?\) AS x",
        ") AS x",
        "states/what_a_commit_overwrote_was_never_there.yaml",
    ),
    Mutation(
        "a deletion of the dead is a state",
        "chain of",
        r"WHERE NOT \(x\._deleted = 1 AND COALESCE\(x\._was_deleted, 1\) = 1\)",
        "",
        "states/a_deletion_of_the_dead_moves_no_clock.yaml",
    ),
    Mutation(
        "a clock that steps back is believed",
        "chain of",
        r"MAX\((CASE WHEN x\._kind = 2 THEN x\._(?:commit_ts|reached) (?:WHEN .*? )?END)\) OVER \(.*?\) AS (_reached|_eff)",
        r"\1 AS \2",
        "times/a_clock_that_steps_back.yaml",
    ),
    Mutation(
        "a row of a snapshot pushes changes",
        "chain of",
        r"WHEN x\._bound < x\._commit_ts THEN x\._bound ",
        "",
        "times/a_snapshot_read_late_does_not_push_changes.yaml",
    ),
    Mutation(
        "what complete snapshots lack is forgotten",
        "events of",
        r"AND h\.key_text IS NULL",
        "AND FALSE",
        "snapshots/a_full_extract_closes_what_it_lacks.yaml",
    ),
    Mutation(
        "deletions are ignored nowhere",
        "events of",
        r"\) AS e WHERE e\._deleted = 0$",
        ") AS e",
        "deletions/ignore_is_as_if_none_had_come.yaml",
    ),
    Mutation(
        "a row that fails `where` is passed over",
        "events of",
        r"CASE WHEN l\._op = 'd' OR NOT COALESCE\(.*?\) THEN 1",
        "CASE WHEN l._op = 'd' THEN 1",
        "states/a_row_that_fails_where_is_deleted.yaml",
    ),
    Mutation(
        "a deletion does not forget", "fill absent", r"SUM\(e\._deleted\) OVER \(.*?\) AS _g", "0 AS _g", "unknown/a_deletion_forgets.yaml"
    ),
    Mutation(
        "a derived column is computed from the event alone",
        "fill absent",
        r"THEN 1 ELSE 0 END AS _c",
        "THEN 0 ELSE 0 END AS _c",
        "unknown/a_derived_column_is_computed_from_what_is_known.yaml",
    ),
    Mutation(
        "a derived column that is unknown keeps what it was",
        "fill absent",
        r"CASE WHEN \(?(f\.s\d+) IS NULL OR (f\.s\d+) IS NULL\)? AND e\._deleted = 0 THEN ('[^']*')",
        r"CASE WHEN \1 IS NULL AND \2 IS NULL AND e._deleted = 0 THEN \3",
        "unknown/a_derived_column_is_computed_from_what_is_known.yaml",
    ),
)
