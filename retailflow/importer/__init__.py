"""Tables as other tools describe them (T-SQL scripts), read into what a spec needs."""

from retailflow.importer.imported import ForeignKey, Imported, ImportedColumn, ImportedTable
from retailflow.importer.scripts import import_scripts, read_script

__all__ = ["ForeignKey", "Imported", "ImportedColumn", "ImportedTable", "import_scripts", "read_script"]
