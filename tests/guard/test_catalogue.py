"""The Spanish catalogue is whole: collected, compiled, translated, with the placeholders of the English (LANG-3)."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog

from tests.guard.tree import ROOT


def load() -> ModuleType:
    """The script of the checkout."""
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "scripts" / "catalogue.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    sys.modules["catalogue"] = made
    spec.loader.exec_module(made)
    return made


script = load()
PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy
def words(n):
    return _("One " "text") + ngettext("%(count)s day", "%(count)s days", n) + pgettext_lazy("month", "May")
"""
TEMPLATE = """{% load i18n %}{% translate "Sign in" %}{% translate "May" context "month" %}
{% blocktranslate trimmed with name=x.y %}
  Hello <b>{{ name }}</b>,
  100% welcome.
{% endblocktranslate %}{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A small tree with marked texts, collected."""
    folder = tmp_path / "carespace" / "portal" / "templates"
    folder.mkdir(parents=True)
    (folder / "page.html").write_text(TEMPLATE)
    (folder.parent / "words.py").write_text(PYTHON)
    path = tmp_path / "django.po"
    write(path, script.collected(script.marked_texts(tmp_path / "carespace"), Catalog(locale="es")))
    return path


def write(path: Path, catalogue: Catalog) -> None:
    path.write_text(script.po_text(catalogue), encoding="utf-8")
    path.with_suffix(".mo").write_bytes(script.mo_bytes(catalogue))


def test_the_catalogue_is_what_is_marked() -> None:
    assert script.stale() == [], "run .venv/bin/python scripts/catalogue.py collect"


def test_the_compiled_catalogue_is_the_written_one() -> None:
    assert script.not_compiled() == [], "run .venv/bin/python scripts/catalogue.py compile"


def test_every_text_is_translated() -> None:
    assert script.untranslated() == []


def test_translations_keep_placeholders_tags_and_ends() -> None:
    assert script.disagreeing() == []


def test_every_way_of_marking_is_read(place: Path) -> None:
    found = {
        (text.id, text.plural, text.context)
        for text in script.marked_texts(place.parent / "carespace")
    }
    assert found == {
        ("One text", None, None),
        ("%(count)s day", "%(count)s days", None),
        ("May", None, "month"),
        ("Sign in", None, None),
        ("Hello <b>%(name)s</b>, 100%% welcome.", None, None),
        ("%(n)s day", "%(n)s days", None),
    }
    assert script.stale(place, place.parent / "carespace") == []


@pytest.mark.parametrize("source", ['_(f"{n} days")', "_(words)", 'ngettext("a", b, n)'])
def test_a_text_put_together_at_run_time_is_refused(source: str) -> None:
    with pytest.raises(script.NotMarkedRight):
        list(script.in_python(source))


def test_planted_faults_are_found(place: Path) -> None:
    catalogue = script.read_catalogue(place)
    catalogue.get("Sign in").string = "Entrar "
    catalogue.get("%(n)s day").string = ("Un día", "%(m)s días")
    catalogue.get("Hello <b>%(name)s</b>, 100%% welcome.").string = "Hola, %(name)s, 100%% bien."
    place.write_text(script.po_text(catalogue))
    assert len(script.disagreeing(place)) == 4  # each form of the plural by itself
    assert len(script.untranslated(place)) == 3
    assert len(script.not_compiled(place)) == 3
    (place.parent / "carespace" / "portal" / "words.py").write_text('_("New")')
    assert len(script.stale(place, place.parent / "carespace")) == 3


def test_translators_get_files_and_their_work_comes_back(place: Path) -> None:
    entries = script.entries_to_do(place)
    assert len(entries) == 6
    for entry in json.loads(json.dumps(entries)):
        entry["es"] = [entry["id"], entry["plural"]] if entry["plural"] else entry["id"]
        catalogue = script.read_catalogue(place)
        assert script.merge([entry], catalogue) == []
        write(place, catalogue)
    assert script.untranslated(place) == script.disagreeing(place) == []
    assert script.not_compiled(place) == []


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"id": "Nowhere", "es": "En ninguna parte"}, "not in the catalogue"),
        ({"id": "%(n)s day", "es": "día"}, "2 texts wanted"),
        ({"id": "%(n)s day", "es": ["%(n)s día", ""]}, "one text is empty"),
        ({"id": "Sign in", "es": "Entrar %(name)s"}, "other placeholders"),
    ],
)
def test_what_does_not_fit_is_not_taken(place: Path, entry: dict[str, object], why: str) -> None:
    catalogue = script.read_catalogue(place)
    assert script.merge([entry], catalogue) == [f"{why}: {entry['id']!r}"]
    assert script.po_text(catalogue) == place.read_text()
