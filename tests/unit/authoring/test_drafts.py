"""From names and types of a source to the YAML of a spec."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from retailflow.importer import Draft, DraftColumn, guess_pii, spec_text
from retailflow.importer.naming import columns, plain, table
from retailflow.importer.spec_text import comment, scalar


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("CustomerID", "customer_id"),
        ("Order Details", "order_details"),
        ("rowguid", "rowguid"),
        ("XMLData2", "xml_data2"),
        ("Größe (cm)", "grosse_cm"),
        ("ThumbNailPhoto", "thumb_nail_photo"),
        ("__x__", "x"),
        ("日本", ""),
        ("naïve  CAFÉ", "naive_cafe"),
        ("a.b]c'd\"e\nf", "a_b_c_d_e_f"),
    ],
)
def test_names(name: str, ours: str) -> None:
    assert plain(name) == ours


def test_names_are_each_another_and_never_reserved() -> None:
    found = columns("sale", ["Group", "a b", "A_B", "日", "2nd", "group"], {"group"})
    assert found == ["sale_group", "a_b", "a_b_2", "column_4", "n2nd", "sale_group_2"]
    assert table("Date", {"date"}) == "date_table"


TEXTS = st.one_of(
    st.text(),
    st.sampled_from(
        ["true", "No", "null", "~", "1", "1e3", "0x1f", "2024-01-01", "a: b", "a #b", "- a", "[a", "x, y", "'", '"', "\\", "\n"]
    ),
)


@given(TEXTS)
def test_a_scalar_is_nothing_but_its_text(text: str) -> None:
    if any(0xD800 <= ord(c) < 0xE000 for c in text):
        return
    assert yaml.safe_load(f"[{scalar(text)}, {{{scalar(text)}: 1}}]") == [text, {text: 1}]
    assert yaml.safe_load(f"a: {scalar(text)}\n") == {"a": text}


@given(st.text())
def test_a_comment_stays_on_its_line(text: str) -> None:
    assert yaml.safe_load(f"a: 1\n# {comment(text)}\n") == {"a": 1}


def test_the_text_of_a_table() -> None:
    draft = Draft(
        name="part",
        source="erp.dbo.Bike Parts",
        ingest="cdc",
        key=("part_id",),
        columns=(
            DraftColumn("part_id", "int", "PartID", nullable=False),
            DraftColumn("rate", "decimal(8,2)"),
            DraftColumn("mail", "nvarchar(120)", "Mail: it's", nullable=False, description="Where to write", pii="email"),
        ),
        scd=2,
        relationships=(("part_id", "bike"),),
        remarks=("a\nremark",),
    )
    assert spec_text(draft) == (
        "table: part\n"
        "source: erp.dbo.Bike Parts\n"
        "key: part_id\n"
        "scd: 2\n"
        "columns:\n"
        "  part_id: {type: int, from: PartID}\n"
        "  rate: 'decimal(8,2)'\n"
        "  mail: {type: nvarchar(120), from: 'Mail: it''s', nullable: false, description: Where to write}  # pii: email?\n"
        "checks:\n"
        "  relationship:\n"
        "    part_id: bike\n"
        "# a remark\n"
    )


def test_guesses_of_personal_data() -> None:
    assert guess_pii("email_address", "nvarchar(50)") == "email"
    assert guess_pii("last_name", "varchar(10)") == "name"
    assert guess_pii("mailing_list_id", "int") == ""
    assert guess_pii("shipping_cost", "varchar(8)") == ""
