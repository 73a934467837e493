"""The reference model: what `docs/semantics.md` says, in plain Python, written from that text alone.

It is the yardstick of every engine, so it is written to be read and not to be fast: whole histories are folded in memory, nothing is
incremental, and each module follows one section of the text.

    spec         the YAML of a user as frozen dataclasses                       (DESIGN, section 3)
    values       T-SQL types, time zones, how a JSON value becomes a typed one  (sections 3, 4)
    keys         canonical keys, surrogate keys                                 (section 4)
    expressions  the arithmetic of measures, the conditions of `where`          (section 4)
    decode       a record -> events, skipped or quarantined                     (section 2)
    extracts     an extract file -> the same                                    (section 2)
    log          admitted events -> sequences per key, snapshots, `as_of`       (sections 1, 2)
    chain        events of a key -> its chain of states, effective times        (sections 2, 3)
    dimension    chains -> lives, versions, rows                                (section 5)
    lookups      attributes of a parent in a dimension                          (section 5)
    facts        surrogate keys, transaction and factless facts, inferred       (sections 5, 6)
    periodic, accumulating                                                      (section 6)
    model        `star` and `counts`, which put it together

`histories` makes random projects and histories to compare engines on.
"""
