"""What can go wrong where a chain becomes rows of a dimension."""

from tests.property.wrong.mutation import Mutation

_SAME = r"CASE WHEN (\S+) = (\S+) THEN 0 WHEN \1 IS NULL AND \2 IS NULL THEN 0 ELSE 1 END"

DIMENSIONS = (
    Mutation("NULL differs from NULL", "versions", _SAME, r"CASE WHEN \1 = \2 THEN 0 ELSE 1 END", "values/nulls_are_compared_safely.yaml"),
    Mutation(
        "nothing differs from NULL",
        "versions",
        _SAME,
        r"CASE WHEN \1 = \2 OR \1 IS NULL OR \2 IS NULL THEN 0 ELSE 1 END",
        "values/nulls_are_compared_safely.yaml",
    ),
    Mutation(
        "a hash of the text is compared",
        "versions",
        _SAME,
        r"CASE WHEN MD5(COALESCE(CAST(\1 AS VARCHAR), '')) = MD5(COALESCE(CAST(\2 AS VARCHAR), '')) THEN 0 ELSE 1 END",
        "values/an_empty_text_is_not_null.yaml",
    ),
    Mutation(
        "what is unknown is compared",
        "versions",
        r" AND \([cb]\._absent IS NULL OR NOT [^()]*\([^()]*\)[^()]*\)",
        "",
        "unknown/a_new_column_in_mid_stream_opens_no_version.yaml",
    ),
    Mutation(
        "a deletion closes nothing",
        "versions",
        r"COALESCE\(x\._next_start, x\._life_end, ",
        "COALESCE(x._next_start, ",
        "deletions/close_ends_the_open_version.yaml",
    ),
    Mutation(
        "a row at its deletion stays",
        "time line",
        r" WHERE r\._life_end IS NULL OR r\._start_at < r\._life_end",
        "",
        "versions/a_row_at_its_deletion_is_dropped.yaml",
    ),
    Mutation(
        "of equal starts the first remains",
        "time line",
        r"ORDER BY r\._start_at, r\._n\)",
        "ORDER BY r._start_at, r._n DESC)",
        "states/several_commits_in_one_millisecond.yaml",
    ),
    Mutation(
        "every row opens a version",
        "versions",
        r"x\._was_n IS NULL OR .*? THEN 1 ELSE 0 END AS _opens",
        "TRUE THEN 1 ELSE 0 END AS _opens",
        "versions/what_changes_nothing_joins.yaml",
    ),
    Mutation(
        "nothing was before",
        "",
        r"CASE WHEN c\._nth_event = 1 AND",
        "CASE WHEN FALSE AND",
        "times/the_first_snapshot_stands_for_all_that_was.yaml",
    ),
    Mutation(
        "a late mark touches only what its snapshot lacks",
        "settle snapshots",
        r" OR \(l\._kind = 1 AND .*? > t\.place\)",
        "",
        "times/a_row_behind_the_snapshot_it_is_in.yaml",
    ),
    Mutation(
        "every first snapshot row reaches back",
        "time line",
        r"AND NOT COALESCE\(f\.first_at < .*?, FALSE\) THEN",
        "THEN",
        "times/new_in_the_second_snapshot.yaml",
    ),
    Mutation(
        "flagged rows are left out", "versions", r"(l\._n = x\._n)", r"\1 AND FALSE", "deletions/flag_says_so_in_a_row_of_its_own.yaml"
    ),
    Mutation("type 0 shows the latest", "read", r"a\._n = b\._first_n", "a._n = b._last_n", "types/type_0_keeps_the_first.yaml"),
    Mutation(
        "previous is the row before",
        "read",
        r"AND CASE WHEN c\.\S+ = r\.\S+ THEN 0 .*? END = 1 THEN c\._n END",
        "AND c._n < r._last_n THEN c._n END",
        "types/type_3_keeps_the_last_different_value.yaml",
    ),
    Mutation(
        "a lookup is not touched by its parent", "keys of dim_", r" UNION SELECT l\..*", "", "lookups/type_1_shows_the_parents_latest.yaml"
    ),
    Mutation(
        "a lookup of type 2 splits nothing",
        "lookups of",
        r"p\._from_at > v\.valid_from AND",
        "FALSE AND",
        "lookups/type_2_splits_versions.yaml",
    ),
    Mutation(
        "what a parent does not know is NULL",
        "lookups of",
        r"CASE WHEN ([xz])\._absent IS NULL THEN '' ELSE .*? END END AS _absent",
        "'' AS _absent",
        "lookups/a_value_the_parent_does_not_know_splits_nothing.yaml",
    ),
    Mutation(
        "a segment shows what is known at its start",
        "lookups of",
        r"MAX\(CASE WHEN [^=]*? THEN x\._p END\) AS f",
        "MIN(x._p) AS f",
        "lookups/a_value_the_parent_does_not_know_splits_nothing.yaml",
    ),
    Mutation(
        "a segment is compared with the one before it alone",
        "lookups of",
        r"ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING",
        "ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING",
        "lookups/a_value_the_parent_forgot_is_compared_when_it_is_told.yaml",
    ),
    Mutation(
        "segments that know nothing different stay apart",
        "lookups of",
        r"GROUP BY (x\.\w+, x\._split_from), x\._v",
        r"GROUP BY \1, x._v, x._p",
        "lookups/of_two_parents_one_forgets.yaml",
    ),
    Mutation(
        "before its first row a parent is nothing",
        "lookups of",
        r"CASE WHEN x\._was IS NULL THEN TIMESTAMP '[^']*' ELSE x\._from_at END",
        "x._from_at",
        "lookups/type_2_splits_versions.yaml",
    ),
    Mutation(
        "a parent under `close` lives for ever",
        "lookups of",
        r" AND b\._end_n = b\._live_n",
        "",
        "lookups/a_parent_deleted_under_close.yaml",
    ),
    Mutation(
        "rows that no longer exist stay",
        "change dim_",
        r"WHERE w\.\w+ IS NULL$",
        "WHERE FALSE",
        "versions/a_late_event_removes_an_interval.yaml",
    ),
    Mutation(
        "members are not inferred",
        "change dim_",
        r"(FROM tmp_referred_\w+ AS r)$",
        r"\1 WHERE FALSE",
        "inferred/a_member_comes_and_goes.yaml",
    ),
)
