"""Words that some engine we print for will not take as a bare name."""

RESERVED = frozenset(
    """
    aes128 aes256 all allowoverwrite analyse analyze and any array as asc asymmetric authorization az64 backup between binary blanksasnull
    both bytedict bzip2 case cast check collate collation column concurrently connect constraint create credentials cross current_catalog
    current_date current_role current_schema current_time current_timestamp current_user current_user_id default deferrable deflate
    defrag delta delta32k desc describe disable distinct do else emptyasnull enable encode encrypt encryption end except exclude explicit
    false fetch filter for foreign freeze from full globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially
    inner intersect interval into is isnull join lambda language lateral leading left like limit localtime localtimestamp lun luns lzo
    lzop map minus mostly16 mostly32 mostly8 natural new not notnull null nulls off offline offset oid old on only open or order outer
    overlaps parallel partition percent permissions pivot placing position positional primary qualify range raw readratio recover
    references rejectlog resort respect restore returning right row rows select semi session_user show similar snapshot some start struct
    summarize symmetric sysdate system table tablesample tag tdes text255 text32k then time timestamp to top trailing true truncatecolumns
    try_cast union unique unnest unpivot user using values variadic verbose wallet when where window with without
    anti char character coalesce date dec decimal exists extract float greatest int integer least national nchar none nullif numeric
    overlay precision real setof smallint substring treat trim varchar xmlattributes bigint bit boolean double key value level year month
    day hour minute second quarter week
    asof at by columns generated glob grouping grouping_id inout match_condition out pivot_longer pivot_wider tuple unpack
    xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
    """.split()
)
