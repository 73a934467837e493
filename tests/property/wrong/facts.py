"""What can go wrong where facts are made, and looked up again."""

from tests.property.wrong.mutation import Mutation

FACTS = (
    Mutation(
        "a fact is not touched by its parent", "keys of fact_", r" UNION SELECT l\..*", "", "facts/a_corrected_order_moves_its_lines.yaml"
    ),
    Mutation(
        "a parent that is deleted stays",
        "what fact_",
        r"x\._later IS NULL AND x\._deleted = 0",
        "x._later IS NULL",
        "facts/lines_before_their_order.yaml",
    ),
    Mutation(
        "versions change and keys stay",
        "re-key",
        r".+",
        "SELECT 1 WHERE FALSE",
        "facts/a_late_change_of_a_dimension_rekeys.yaml",
        guards=True,
    ),
    Mutation("a version begins after its start", "", r">= (\w+\._lo)", r"> \1", "facts/a_sale_before_the_first_version.yaml"),
    Mutation(
        "before the first version there is none",
        "",
        r"CASE WHEN x\._n = 1 THEN TIMESTAMP '[^']*' ELSE x\.valid_from END AS _lo",
        "x.valid_from AS _lo",
        "facts/a_sale_before_the_first_version.yaml",
    ),
    Mutation(
        "a life that begins again keeps its first time",
        "what fact_",
        r"(MIN\(c\._eff\) OVER \(PARTITION BY .*?), c\._life\)",
        r"\1)",
        "facts/a_time_that_is_missing.yaml",
    ),
    Mutation(
        "only the latest state refers",
        "",
        r"(tmp_chain_sale AS z JOIN .*? WHERE z\._deleted = 0)",
        r"\1 AND z._n = (SELECT MAX(m._n) FROM tmp_chain_sale AS m WHERE m.sale_id = z.sale_id)",
        "inferred/every_state_refers.yaml",
    ),
    Mutation("nobody and not there yet are one", "", r"THEN -2\b", "THEN -1", "values/nobody_and_not_there_yet.yaml"),
    Mutation(
        "a child that moves leaves its parent as it was",
        "keys of fact_",
        r"( IS NOT NULL)$",
        r"\1 AND FALSE",
        "accumulating/children_move_and_go.yaml",
    ),
    Mutation(
        "children that are gone count",
        "rows of fact_",
        r"( AS _later FROM tmp_chain_\w+ AS c)\)",
        r"\1 WHERE c._deleted = 0)",
        "accumulating/children_move_and_go.yaml",
    ),
    Mutation(
        "a status once reached stays", "rows of fact_", r"c\._n > COALESCE\(x\._last_n, 0\)", "TRUE", "accumulating/what_ends_a_run.yaml"
    ),
    Mutation(
        "another period adds no row",
        "another period",
        r".+",
        "SELECT 1 WHERE FALSE",
        "periodic/time_goes_on_without_changes.yaml",
        guards=True,
    ),
    Mutation(
        "days end at midnight of UTC", "rows of fact_", r"-zm\.offset_seconds", "0", "periodic/days_end_by_the_clock_of_the_source.yaml"
    ),
    Mutation(
        "the dead are counted",
        "rows of fact_",
        r"WHERE x\._deleted = 0 AND x\._eff <= x\._as_of",
        "WHERE x._eff <= x._as_of",
        "periodic/no_row_where_none_was_alive.yaml",
    ),
    Mutation(
        "one event of several is all there is to know",
        "keys of fact_",
        r"COUNT\(\*\) > 1 OR",
        "COUNT(*) > 9 OR",
        "facts/a_correction_replaces_the_row.yaml",
    ),
    Mutation(
        "a snapshot deletes no sale of one event",
        "keys of fact_",
        r".+ FROM \S*marks AS m .+",
        "SELECT 1 WHERE FALSE",
        "facts/a_sale_that_a_snapshot_no_longer_holds.yaml",
        guards=True,
    ),
    Mutation(
        "a single event that fails the condition is a row",
        "what fact_",
        r" OR NOT COALESCE\(.+?, FALSE\)\)",
        ")",
        "facts/a_fact_of_rows_that_pass_where.yaml",
    ),
    Mutation(
        "rows that were there come once more", "new rows of", r" WHERE .+", "", "facts/a_correction_replaces_the_row.yaml", guards=True
    ),
)
