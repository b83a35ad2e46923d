"""The catalogue of Spanish texts: collect what is marked, compile it, check it, hand it out and read it back (LANG-3).

    .venv/bin/python scripts/catalogue.py collect            # marked texts into the .po; translations stay
    .venv/bin/python scripts/catalogue.py compile            # the .po into the .mo that the pages read
    .venv/bin/python scripts/catalogue.py check              # what is not right, one line each
    .venv/bin/python scripts/catalogue.py todo 4 FOLDER      # what has no translation yet, in 4 JSON files
    .venv/bin/python scripts/catalogue.py merge FILE [FILE]  # such files, with "es" filled in, into the .po

Promises: no program of GNU gettext is needed, and nothing is compiled where pages are served; the .po names files and
no lines, dates or people, and is sorted, so that a change of it is a change of words. The practice's side is not in it.

An entry of a JSON file is ``{"id", "plural", "context", "where": […], "es"}``: ``plural`` is null where the text counts
nothing, and ``es`` then is one text; else it is the list of the singular and the plural.
"""

import ast
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "carespace"
LANGUAGE = "es"
CATALOGUE = SOURCE / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
COMPILED = CATALOGUE.with_suffix(".mo")
NOT_HERE = {"staff", "locale", "migrations", "static", "generate"}
HEADER = """\
msgid ""
msgstr ""
"Language: es\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
A_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # Babel writes one into the .mo; it must not change
WIDTH = 110
# Which arguments of a marking function are the context, the text and its plural.
PLACES: dict[str, tuple[int | None, int, int | None]] = {
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
_LITERAL = r"u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\""
_IN_TEMPLATE = re.compile(
    rf"\b(?P<name>_|n?p?gettext)\(\s*(?P<given>(?:{_LITERAL})(?:\s*,\s*(?:{_LITERAL}))*)", re.DOTALL
)
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%|\{(\w*)\}")
_TAG = re.compile(r"</?[a-z][^>]*>")


class NotMarkedRight(ValueError):
    """A text is marked so that nothing can be collected: it is put together at run time."""


@dataclass(slots=True)
class Text:
    """One marked text, with the files it stands in."""

    id: str
    plural: str | None = None
    context: str | None = None
    where: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str, str]:
        return self.context or "", self.id


# Collecting --------------------------------------------------------------------------------


def marked_texts(root: Path = SOURCE) -> list[Text]:
    """Return every marked text below ``root``, sorted; NotMarkedRight for one put together at run time."""
    found: dict[tuple[str, str], Text] = {}
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if NOT_HERE & set(parts):
            continue
        if path.suffix == ".py":
            texts = in_python(path.read_text(encoding="utf-8"), str(path))
        elif path.suffix in {".html", ".txt"} and "templates" in parts:
            texts = in_template(path.read_text(encoding="utf-8"), str(path))
        else:
            continue
        for text in texts:
            kept = found.setdefault(text.key, text)
            kept.plural = kept.plural or text.plural
            kept.where.add(path.relative_to(root.parent).as_posix())
    return [found[key] for key in sorted(found)]


def in_python(source: str, name: str = "") -> Iterator[Text]:
    """Yield the texts that are marked in a Python file."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        called = node.func.id if isinstance(node.func, ast.Name) else called
        places = PLACES.get(
            "gettext" if called == "_" else called.removesuffix("_lazy").removesuffix("_noop")
        )
        if places is not None and not _is_marked_elsewhere(node):
            yield _text(places, node.args, f"{name}:{node.lineno}")


def _is_marked_elsewhere(call: ast.Call) -> bool:
    """Say whether a text is looked up, as ``translation.gettext(word)``, that is marked where it is written."""
    is_look_up = isinstance(call.func, ast.Attribute)
    return is_look_up and not any(isinstance(each, ast.Constant) for each in call.args)


def _text(
    places: tuple[int | None, int, int | None], given: Sequence[ast.expr], where: str
) -> Text:
    def at(place: int | None) -> str | None:
        if place is None:
            return None
        node = given[place] if place < len(given) else None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        message = f"{where}: mark one whole text, as it stands in the source"
        raise NotMarkedRight(message)

    context, text, plural = (at(place) for place in places)
    return Text(text or "", plural, context)


def in_template(source: str, name: str = "") -> Iterator[Text]:
    """Yield the texts that are marked in a template."""
    from django.utils.translation.template import templatize  # noqa: PLC0415  needs settings

    for match in _IN_TEMPLATE.finditer(templatize(source, origin=name)):
        given = [
            str(ast.literal_eval(each)) for each in re.findall(_LITERAL, match["given"], re.DOTALL)
        ]
        context, text, plural = PLACES["gettext" if match["name"] == "_" else match["name"]]
        yield Text(
            given[text],
            given[plural] if plural is not None else None,
            given[context] if context is not None else None,
        )


# The files ---------------------------------------------------------------------------------


def read_catalogue(path: Path = CATALOGUE) -> Catalog:
    """Return the catalogue at ``path``; an empty one where there is none."""
    if not path.exists():
        return Catalog(locale=LANGUAGE)
    return read_po(io.BytesIO(path.read_bytes()), locale=LANGUAGE)


def collected(texts: Iterable[Text], before: Catalog) -> Catalog:
    """Return the catalogue of ``texts`` with the translations of ``before``; what is marked no more is left out."""
    made = Catalog(locale=LANGUAGE)
    for text in texts:
        old = before.get(text.id, text.context)
        ids: str | tuple[str, str] = (text.id, text.plural) if text.plural else text.id
        same_kind = old is not None and isinstance(old.id, tuple) == isinstance(ids, tuple)
        string = old.string if old is not None and same_kind else ""
        locations = [(where, 0) for where in sorted(text.where)]
        made.add(
            ids,
            string or ("" if text.plural is None else ("", "")),
            locations,
            context=text.context,
        )
    return made


def po_text(catalogue: Catalog) -> str:
    """Return the catalogue as it stands in its file."""
    written = io.BytesIO()
    write_po(
        written, catalogue, width=WIDTH, omit_header=True, sort_output=True, include_lineno=False
    )
    return HEADER + written.getvalue().decode().strip() + "\n"


def mo_bytes(catalogue: Catalog) -> bytes:
    """Return the compiled catalogue: the same bytes for the same words."""
    made = Catalog(
        locale=LANGUAGE, project="CareSpace", version="1", creation_date=A_DAY, revision_date=A_DAY
    )
    for message in messages_of(catalogue):
        if is_translated(message):
            made.add(message.id, message.string, context=message.context)
    written = io.BytesIO()
    write_mo(written, made)
    return written.getvalue()


def messages_of(catalogue: Catalog) -> list[Message]:
    """Return the catalogue's texts without its header."""
    return [message for message in catalogue if message.id]


def is_translated(message: Message) -> bool:
    """Say whether the whole text is there, its plural too, and not in doubt."""
    return all(strings_of(message)) and not message.fuzzy


def ids_of(message: Message) -> tuple[str, ...]:
    # A list where Babel read it from a compiled catalogue.
    return tuple(message.id) if isinstance(message.id, list | tuple) else (str(message.id),)


def strings_of(message: Message) -> tuple[str, ...]:
    """Return the translations: as many as there are texts, empty where one is missing."""
    given = message.string
    found = tuple(given) if isinstance(given, list | tuple) else (given or "",)
    return (*found, "")[: len(ids_of(message))]


# Checking ----------------------------------------------------------------------------------


def stale(path: Path = CATALOGUE, root: Path = SOURCE) -> list[str]:
    """Return what is marked and not in the catalogue, or the other way round, or written in another way."""
    texts, kept = marked_texts(root), read_catalogue(path)
    wanted = {text.key for text in texts}
    there = {(message.context or "", ids_of(message)[0]) for message in messages_of(kept)}
    faults = [f"not collected: {key[1]!r}" for key in sorted(wanted - there)]
    faults += [f"marked no more: {key[1]!r}" for key in sorted(there - wanted)]
    if not faults and path.read_text(encoding="utf-8") != po_text(collected(texts, kept)):
        faults.append(f"{path.name} is not as `collect` writes it")
    return faults


def not_compiled(path: Path = CATALOGUE) -> list[str]:
    """Return the texts whose translation is another one in the .mo."""
    compiled = path.with_suffix(".mo")
    if not compiled.exists():
        return [f"{compiled.name} is missing"]
    with compiled.open("rb") as opened:
        there = _translations(read_mo(opened))
    here = _translations(read_catalogue(path))
    changed = {key for key in here.keys() | there.keys() if here.get(key) != there.get(key)}
    return [f"not compiled: {key[1]!r}" for key in sorted(changed)]


def _translations(catalogue: Catalog) -> dict[tuple[str, str], tuple[str, ...]]:
    return {
        (_context(message), ids_of(message)[0]): strings_of(message)
        for message in messages_of(catalogue)
        if is_translated(message)
    }


def _context(message: Message) -> str:
    # Of a compiled catalogue Babel gives it as bytes.
    kept: str | bytes = message.context or ""
    return kept.decode() if isinstance(kept, bytes) else kept


def untranslated(path: Path = CATALOGUE) -> list[str]:
    """Return the texts that have no translation, or one in doubt."""
    return [
        f"not translated: {ids_of(message)[0]!r}"
        for message in messages_of(read_catalogue(path))
        if not is_translated(message)
    ]


def disagreeing(path: Path = CATALOGUE) -> list[str]:
    """Return the translations whose placeholders, tags or ends are not those of the text."""
    return [
        f"{why}: {text!r}"
        for message in messages_of(read_catalogue(path))
        for text, string in zip(ids_of(message), strings_of(message), strict=True)
        if string and (why := difference(text, string, is_counted=isinstance(message.id, tuple)))
    ]


def difference(text: str, string: str, *, is_counted: bool = False) -> str:
    """Return what sets a translation apart from its text; empty where nothing does.

    Of a text that counts, one form may say the number in words: its ``%(count)s`` may be missing.
    """
    wanted, there = Counter(_PLACEHOLDER.findall(text)), Counter(_PLACEHOLDER.findall(string))
    if is_counted:
        wanted.pop(("count", ""), None)
        there.pop(("count", ""), None)
    if wanted.keys() != there.keys():
        return "other placeholders"
    if Counter(_TAG.findall(text)) != Counter(_TAG.findall(string)):
        return "other tags"
    if _ends(text) != _ends(string):
        return "other ends"
    return ""


def _ends(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


CHECKS: tuple[Callable[[], list[str]], ...] = (stale, not_compiled, untranslated, disagreeing)


# Handing out and reading back --------------------------------------------------------------


def entries_to_do(path: Path = CATALOGUE) -> list[dict[str, object]]:
    """Return what has no translation yet, as the entries of a JSON file; texts of one file stay together."""
    waiting = [
        message for message in messages_of(read_catalogue(path)) if not is_translated(message)
    ]
    waiting.sort(key=lambda each: (_where(each), ids_of(each)))
    return [
        {
            "id": ids_of(message)[0],
            "plural": ids_of(message)[1] if isinstance(message.id, tuple) else None,
            "context": message.context,
            "where": _where(message),
            "es": ["", ""] if isinstance(message.id, tuple) else "",
        }
        for message in waiting
    ]


def _where(message: Message) -> list[str]:
    return sorted({where for where, _line in message.locations})


def merge(entries: Iterable[dict[str, object]], into: Catalog) -> list[str]:
    """Put the translations of ``entries`` into the catalogue; return what was not taken, and why."""
    refused = []
    for entry in entries:
        context = entry.get("context") or None
        message = into.get(str(entry["id"]), context if context is None else str(context))
        given = entry.get("es")
        strings = tuple(map(str, given)) if isinstance(given, list) else (str(given or ""),)
        if not any(strings):
            continue
        why = _why_not(message, strings)
        if message is None or why:
            refused.append(f"{why}: {entry['id']!r}")
            continue
        message.string = strings if isinstance(message.id, tuple) else strings[0]
        message.flags.discard("fuzzy")
    return refused


def _why_not(message: Message | None, strings: tuple[str, ...]) -> str:
    if message is None:
        return "not in the catalogue"
    texts = ids_of(message)
    if len(strings) != len(texts):
        return f"{len(texts)} texts wanted"
    if not all(strings):
        return "one text is empty"
    counted = isinstance(message.id, tuple)
    found = (
        difference(text, string, is_counted=counted)
        for text, string in zip(texts, strings, strict=True)
    )
    return next(filter(None, found), "")


# The commands ------------------------------------------------------------------------------


def collect() -> None:
    """Write the .po anew from what is marked."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text(po_text(collected(marked_texts(), read_catalogue())), encoding="utf-8")


def compile_catalogue() -> None:
    """Write the .mo anew from the .po."""
    COMPILED.write_bytes(mo_bytes(read_catalogue()))


def check() -> None:
    """Print each fault and leave with 1 where there is one."""
    faults = [fault for each in CHECKS for fault in each()]
    sys.exit("\n".join(faults) if faults else 0)


def write_to_do(count: int, folder: Path) -> None:
    """Write what is to be translated into ``count`` files of about the same length."""
    entries = entries_to_do()
    folder.mkdir(parents=True, exist_ok=True)
    size = -(-len(entries) // count)
    for number in range(count):
        part = entries[number * size : (number + 1) * size]
        path = folder / f"todo-{number + 1}.json"
        path.write_text(json.dumps(part, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(f"{path}: {len(part)}")


def merge_files(paths: Sequence[Path]) -> None:
    """Read translated files back, write the .po and the .mo, and tell what was not taken."""
    catalogue, refused = read_catalogue(), []
    for path in paths:
        found = merge(json.loads(path.read_text(encoding="utf-8")), catalogue)
        refused += [f"{path.name}: {why}" for why in found]
    CATALOGUE.write_text(po_text(catalogue), encoding="utf-8")
    compile_catalogue()
    sys.exit("\n".join(refused) if refused else 0)


def main(arguments: Sequence[str]) -> None:
    """Do what the arguments say; explain where they say nothing known."""
    from django.conf import settings  # noqa: PLC0415

    if not settings.configured:
        settings.configure()  # reading a template's marks asks for some
    match arguments:
        case ["collect"]:
            collect()
        case ["compile"]:
            compile_catalogue()
        case ["check"]:
            check()
        case ["todo", count, folder] if count.isdigit() and int(count):
            write_to_do(int(count), Path(folder))
        case ["merge", first, *more]:
            merge_files([Path(each) for each in (first, *more)])
        case _:
            sys.exit(__doc__ or "")


if __name__ == "__main__":
    main(sys.argv[1:])
