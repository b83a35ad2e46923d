"""How hard our English is to read: Flesch-Kincaid grade over the catalogue of texts, and words we do not use (LIT-1).

    .venv/bin/python scripts/reading_level.py            # the average, the ten hardest texts; exit 1 where it is too hard
    .venv/bin/python scripts/reading_level.py --hardest 40

Promises: the same texts give the same grade on every machine, without a network (English syllables are counted by rule,
within a few per cent of a dictionary's); names of clinical things are excused only by the list in
``reading_level.toml``, each with its reason. Graded are texts of at least six words: a grade of a label says nothing.
Grade = 0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid and others, 1975).
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import fmean

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "carespace" / "locale" / "es" / "LC_MESSAGES" / "django.po"
LABS = ROOT / "carespace" / "records" / "plain_labs.toml"
EXCUSED = Path(__file__).with_suffix(".toml")
HIGHEST_AVERAGE = 6.9
FEWEST_WORDS = 6
BANNED = re.compile(
    r"\b(abnormal(?:ly)?|invalid|failed|failure|please be advised|providers?|certified|hipaa[- ]compliant"
    r"|e-mails?|illegal|terminated|utili[sz]e|prior to|in order to|noncompliant|you are fine|nothing to worry about)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]+(?:['\u2019][A-Za-z]+)*|[0-9][0-9.,:/]*")
_SENTENCE = re.compile(r"[.!?]+(?=\s|$)|[:;](?=\s)|\n\s*\n|</(?:li|p|h[1-6])>")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%%")
_TAG = re.compile(r"<[^>]*>")
_GROUP = re.compile(r"[aeiouy]+")
# Two vowels that are said apart: di-et, medi-a, cre-ate, re-action, vide-o, actu-al.
_APART = re.compile(
    r"(?<![cgstx])ia(?!l\b)|(?<![cgst])(?<!ll)io(?!u)|riou|lien|uary|[^r]eo(?!u)|creat|react|uou|ua[lt]|iet|ium|iu[ms]"
)
_SILENT = re.compile(
    r"(?:[^aeiouylr]e|[aeiouy]re|[aeiouy]le|rle)$|(?<=[^aeiouytd])ed$|(?<=[^aeiouscgxz])es$"
)
_SHORT: dict[str, int] = {
    "every": 2, "wednesday": 2, "different": 2, "people": 2, "business": 2, "area": 3, "idea": 3, "being": 2, "doing": 2, "going": 2,
    "really": 2, "science": 2, "quiet": 2, "diary": 3, "giant": 2, "trial": 2, "dial": 2, "someone": 2, "something": 2,
    "sometimes": 2, "somebody": 3, "caregiver": 3, "caregivers": 3, "phone": 1, "one": 1, "whose": 1, "are": 1,
    "were": 1, "there": 1, "before": 2, "therefore": 2, "maybe": 2, "safely": 2, "careful": 2, "medicine": 3,
    "medicines": 3, "moved": 1, "used": 1, "lives": 1, "yes": 1, "website": 2, "device": 2, "devices": 3, "passkey": 2,
}  # fmt: skip


def syllables(word: str) -> int:
    """Return how many syllables an English word has, at least one; a number counts as one."""
    word = word.lower().replace("\u2019", "'").partition("'")[0]
    if word in _SHORT:
        return _SHORT[word]
    count = len(_GROUP.findall(word)) + len(_APART.findall(word))
    return max(1, count - bool(_SILENT.search(word)))


def grade(text: str, excused: re.Pattern[str] | None = None) -> float:
    """Return the Flesch-Kincaid grade of a text; every excused name in it counts as one short word."""
    plain = excused.sub("it", text) if excused else text
    words = _WORD.findall(plain)
    if not words:
        return 0.0
    sentences = [part for part in _SENTENCE.split(plain) if part and _WORD.search(part)]
    spoken = sum(syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * spoken / len(words) - 15.59


def plain_text(message: str) -> str:
    """Return what a person reads of a message: no markup, a short word where something is put in."""
    message = _PLACEHOLDER.sub("it", message)
    return " ".join(
        _TAG.sub(lambda tag: ". " if tag[0].startswith(("</li", "</p")) else "", message).split()
    )


def texts(catalogue: Path = CATALOGUE, labs: Path = LABS) -> Iterator[str]:
    """Yield every English text that we say to people."""
    with catalogue.open("rb") as file:
        for message in read_po(file):
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            yield from (plain_text(each) for each in ids if each)
    for lab in tomllib.loads(labs.read_text(encoding="utf-8"))["lab"]:
        yield lab["en"]


def excused_names(listing: Path = EXCUSED) -> re.Pattern[str]:
    """Return what is excused; ValueError for an entry without a reason."""
    names = tomllib.loads(listing.read_text(encoding="utf-8"))["excused"]
    if nameless := [name for name, reason in names.items() if not str(reason).strip()]:
        raise ValueError(f"No reason is given for {', '.join(nameless)}.")
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})(?:e?s)?\b", re.IGNORECASE)


def graded(
    all_texts: Iterable[str], excused: re.Pattern[str] | None = None
) -> list[tuple[float, str]]:
    """Return (grade, text) of every text that is long enough, hardest first."""
    long_enough = {text for text in all_texts if len(_WORD.findall(text)) >= FEWEST_WORDS}
    return sorted(((grade(text, excused), text) for text in long_enough), reverse=True)


def problems(all_texts: Iterable[str], excused: re.Pattern[str] | None = None) -> list[str]:
    """Return what is not right, one line each; empty where all is well."""
    kept = list(all_texts)
    found = [
        f"says {hit[0]!r}: {text}" for text in sorted(set(kept)) for hit in BANNED.finditer(text)
    ]
    if average(kept, excused) > HIGHEST_AVERAGE:
        found.append(
            f"Our texts average grade {average(kept, excused):.1f}; the most is {HIGHEST_AVERAGE}."
        )
    return found


def average(all_texts: Iterable[str], excused: re.Pattern[str] | None = None) -> float:
    """Return the mean grade of the texts that are graded; 0 where there are none."""
    marks = [mark for mark, _ in graded(all_texts, excused)]
    return fmean(marks) if marks else 0.0


def main(arguments: list[str]) -> int:
    """Print the average, the hardest texts and what is wrong; return 1 where something is."""
    every, excused = list(texts()), excused_names()
    most = int(arguments[arguments.index("--hardest") + 1]) if "--hardest" in arguments else 10
    marks = graded(every, excused)
    print(f"{len(marks)} texts, average grade {average(every, excused):.1f}. The hardest:")
    for mark, text in marks[:most]:
        print(f"  {mark:4.1f}  {text}")
    wrong = problems(every, excused)
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
