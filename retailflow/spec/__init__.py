"""The spec: exactly what a person wrote, shape checked, nothing looked up yet. The only place that knows pydantic."""

from retailflow.spec.project import ProjectSpec
from retailflow.spec.read import read_project, read_scenario, read_table
from retailflow.spec.schema import json_schema
from retailflow.spec.table import TableSpec

__all__ = ["ProjectSpec", "TableSpec", "json_schema", "read_project", "read_scenario", "read_table"]
