"""`--select`: names, globs, groups, and what needs what."""

import pytest

from retailflow.errors import StopError
from retailflow.model.project import Project
from retailflow.resolve.select import dependencies, select
from tests.unit.front.projects import RETAIL, STORE, project_of


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    shop = STORE.replace("table: store", "table: shop\ngroup: retail\nowner: ops").replace("dbo.Store", "dbo.Shop")
    return project_of(tmp_path_factory.mktemp("select"), {**RETAIL, "tables/shop.yaml": shop})


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ([], ["order", "order_line", "shop", "store"]),
        (["store"], ["store"]),
        (["order*"], ["order", "order_line"]),
        (["s[ht]o*"], ["shop", "store"]),
        (["store shop"], ["shop", "store"]),
        (["store", "shop"], ["shop", "store"]),
        (["group:retail"], ["shop"]),
        (["group:*"], ["order", "order_line", "shop", "store"]),
        (["source:erp,s*"], ["shop", "store"]),
        (["owner:ops"], ["shop"]),
        (["+order_line"], ["order", "order_line", "store"]),
        (["store+"], ["order_line", "store"]),
        (["+order_line,store+"], ["order_line", "store"]),
        (["1+order_line"], ["order", "order_line", "store"]),
        (["order+1"], ["order", "order_line"]),
        (["0+order_line"], ["order_line"]),
        (["+shop+"], ["shop"]),
    ],
)
def test_select(project: Project, words: list[str], names: list[str]) -> None:
    assert [table.name for table in select(project, words)] == names


@pytest.mark.parametrize("word", ["stor", "group:none", "tag:x", "+", "a++", "store,nothing", "+stor+"])
def test_a_word_that_selects_nothing_stops(project: Project, word: str) -> None:
    with pytest.raises(StopError) as stop:
        select(project, [word])
    assert stop.value.exit_code == 2
    assert stop.value.findings[0].code == "RF120"


def test_what_is_meant_is_offered(project: Project) -> None:
    with pytest.raises(StopError) as stop:
        select(project, ["stroe"])
    assert stop.value.findings[0].hint == "did you mean `store`?"


def test_the_calendar_is_no_table(project: Project) -> None:
    assert dependencies(project) == {
        "order": frozenset(),
        "order_line": frozenset(("order", "store")),
        "shop": frozenset(),
        "store": frozenset(),
    }
