"""The committed table says what the schema says."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from carespace.interop.fhir import structure
from tests.interop.fhir.samples import SHARED, needs_schema

CHECKOUT = Path(__file__).parents[3]
TABLE = Path(structure.__file__).with_name(structure.TABLE_FILE)
LARGEST_TABLE_BYTES = 400_000


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "derive_r4_table", CHECKOUT / "scripts" / "derive_r4_table.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_schema
def test_the_committed_table_is_what_the_script_derives(script: ModuleType) -> None:
    schema = SHARED / "schemas" / "fhir-r4" / "fhir-single.xsd.gz"
    assert TABLE.read_text(encoding="utf-8") == script.as_text(script.derive(schema))


def test_the_table_names_its_source_and_licence() -> None:
    about = json.loads(TABLE.read_bytes())["about"]
    assert "4.0.1" in about["source"]
    assert "CC0-1.0" in about["licence"]
    assert TABLE.stat().st_size < LARGEST_TABLE_BYTES


def test_every_type_that_the_table_names_is_in_it() -> None:
    table = json.loads(TABLE.read_bytes())
    known = {*table["types"], *table["codes"], *table["primitives"], "ResourceContainer", "xhtml"}
    named = {
        rule.split()[0] for each in table["types"].values() for rule in each["elements"].values()
    }
    bases = {each["base"] for each in table["types"].values()} - {None}
    assert named | bases <= known
    assert set(table["resources"]) <= set(table["types"])


def test_every_type_can_be_compiled() -> None:
    for name in structure.resource_types():
        found = structure.problems({"resourceType": name, "notAnElement": 1})
        assert f"{name}.notAnElement" in {each.path for each in found}
