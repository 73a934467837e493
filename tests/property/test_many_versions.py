"""Keys with many versions are looked up another way; when every key counts as one of them, the star is still the reference's."""

import pytest

from retailflow.sql import as_of
from tests.property.troubles import TROUBLE, prove


@pytest.mark.parametrize("kind", ["transaction facts", "facts under trouble", "periodic snapshots"])
def test_facts_on_keys_with_many_versions(kind: str, law_examples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_of, "MANY", 0)
    prove(TROUBLE[kind], law_examples)


@pytest.mark.parametrize("kind", ["lookups", "lookups of what is unknown"])
def test_lookups_where_every_key_has_many_versions(kind: str, law_examples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_of, "MANY", 0)
    prove(TROUBLE[kind], law_examples)
