"""What can go wrong where a key goes on from its rows."""

from tests.property.wrong.mutation import Mutation

ONWARD = (
    Mutation(
        "what comes late goes on",
        "take",
        r"e\._commit > h\.last_commit AND e\._eff > h\.commit_ts",
        "TRUE",
        "versions/a_late_event_splits_an_interval.yaml",
    ),
    Mutation(
        "a later commit at an earlier time goes on",
        "take",
        r"e\._commit > h\.last_commit AND e\._eff > h\.commit_ts",
        "e._commit > h.last_commit",
        "times/a_clock_that_steps_back.yaml",
    ),
    Mutation(
        "an earlier commit at a later time goes on",
        "take",
        r"e\._commit > h\.last_commit AND e\._eff > h\.commit_ts",
        "e._eff > h.commit_ts",
        "times/a_clock_that_steps_back_and_a_change_that_comes_last.yaml",
    ),
    Mutation(
        "each of several events goes on",
        "take",
        r"e\._events = 1 AND ",
        "",
        "states/there_and_back_in_one_batch_is_three_versions.yaml",
    ),
    Mutation(
        "what does not know every column goes on",
        "take",
        r"e\._absent IS NULL AND ",
        "",
        "unknown/an_absent_field_keeps_what_was_known.yaml",
    ),
    Mutation(
        "a row of a snapshot goes on",
        "take",
        r"e\._kind = 2 AND (.*?)AND q\.rows_of = 0",
        r"\1",
        "times/the_first_snapshot_stands_for_all_that_was.yaml",
    ),
    Mutation(
        "what a mark deletes is no event",
        "take",
        r"AND \(m\.sequence IS NULL .*$",
        "",
        "snapshots/a_change_behind_a_snapshot_that_lacked_its_key.yaml",
    ),
    Mutation(
        "a horizon stays where it is",
        "take",
        r"WHERE NOT EXISTS \(SELECT 1 FROM tmp_repeats_\w+ AS i WHERE [^()]*\) (UNION ALL SELECT h\.incarnation)",
        r"WHERE FALSE \1",
        "times/a_clock_that_steps_back_and_a_change_that_comes_last.yaml",
    ),
    Mutation(
        "the row that was open stays open",
        "change dim_",
        r"CASE WHEN t\.is_current AND \(g\._deleted = 1 OR g\._opens = 1\) THEN (g\._eff|FALSE) ELSE (t\.\w+) END",
        r"\2",
        "deletions/close_ends_the_open_version.yaml",
    ),
    Mutation(
        "every event opens a version",
        "change dim_",
        r"WHERE g\._deleted = 0 AND g\._opens = 1",
        "WHERE g._deleted = 0",
        "versions/what_changes_nothing_joins.yaml",
    ),
    Mutation(
        "older rows are not restated",
        "change dim_",
        r"CASE WHEN g\._deleted = 1 THEN (t\.\w+) ELSE o\.\w+ END",
        r"\1",
        "types/type_1_shows_the_latest_in_every_row.yaml",
    ),
    Mutation(
        "an inferred member goes on as if it had been there",
        "keys of dim_",
        r" AND NOT h\.is_inferred",
        "",
        "inferred/a_member_comes_and_goes.yaml",
    ),
    Mutation(
        "one that returns is not the one that was there",
        "keys of dim_",
        r"CASE WHEN n\.\w+ IS NULL THEN 0 ELSE 1 END AS _opens",
        "1 AS _opens",
        "deletions/close_without_versions.yaml",
    ),
)
