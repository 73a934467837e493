"""Tables as other tools describe them (T-SQL scripts), read into drafts of specs."""

from retailflow.importer.draft import Draft, DraftColumn
from retailflow.importer.drafts import Home, Wish, draft_of, guess_pii, home_of
from retailflow.importer.imported import ForeignKey, Imported, ImportedColumn, ImportedTable
from retailflow.importer.scripts import import_scripts, read_script
from retailflow.importer.spec_text import spec_text

__all__ = [
    "Draft",
    "DraftColumn",
    "ForeignKey",
    "Home",
    "Imported",
    "ImportedColumn",
    "ImportedTable",
    "Wish",
    "draft_of",
    "guess_pii",
    "home_of",
    "import_scripts",
    "read_script",
    "spec_text",
]
