"""The phrases of the page, one table a language and folder: a member's own, its family's, and those of all.

``words.en.toml`` maps keys to English phrases, ``words.hi-Latn.toml`` to Hinglish ones. Another language is one more file
in each folder; what it leaves out is said in English.
"""

import html
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from lmdemo.errors import LmdemoError

CORE = Path(__file__).parent
DEMOS = CORE.parent
ENGLISH = "en"


@cache
def table(folder: Path, lang: str) -> Mapping[str, str]:
    """The phrases of one folder in one language; none where the file is not there."""
    path = folder / f"words.{lang}.toml"
    return MappingProxyType(tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {})


def _languages() -> dict[str, str]:
    tags = sorted(path.name.split(".")[1] for path in CORE.glob("words.*.toml"))
    tags.sort(key=lambda tag: tag != ENGLISH)
    return {tag: table(CORE, tag)["language.name"] for tag in tags}


LANGUAGES: Mapping[str, str] = MappingProxyType(_languages())


class Speaker:
    """Says a phrase by its key in the visitor's language.

    Args:
        folder: A member's folder. Its words go before those of the folders around it below ``demos``, and these before
            the words of all.
    """

    def __init__(self, folder: Path = CORE) -> None:
        around = [f for f in folder.parents if f.is_relative_to(DEMOS) and f != DEMOS]
        self.folders = tuple(dict.fromkeys((folder, *around, CORE)))

    def __contains__(self, key: str) -> bool:
        """Whether there is such a phrase."""
        return any(key in table(folder, ENGLISH) for folder in self.folders)

    def __call__(self, lang: str, key: str, **values: object) -> str:
        """The phrase ``key`` in ``lang`` (English where ``lang`` is unknown), with ``values`` filled in.

        Raises:
            KeyError: No table has the key; tells which file to write it into.
        """
        for tag in (lang, ENGLISH):
            for folder in self.folders:
                if (phrase := table(folder, tag).get(key)) is not None:
                    return phrase.format(**values) if values else phrase
        raise KeyError(f"no phrase {key!r}: write it into words.{ENGLISH}.toml and its neighbours in {self.folders[0]}")

    def group(self, lang: str, group: str) -> dict[str, str]:
        """The words of a view: all phrases whose keys begin with ``<group>.``, by the rest of the key."""
        begin = f"{group}."
        keys = {key for folder in self.folders for key in table(folder, ENGLISH) if key.startswith(begin)}
        return {key.removeprefix(begin): self(lang, key) for key in sorted(keys)}


say = Speaker()


def say_error(error: LmdemoError, lang: str) -> str:
    """An error as a sentence: what is wrong, what was expected, what came, what to do.

    An error without words of its own is told by its hint alone; English hints stand where the error is raised.
    """
    key = f"error.{error.key}"
    hint = table(CORE, lang).get(f"{key}.hint", error.hint) if key in say else error.hint
    title = say(lang, key) if key in say else ""
    return say(lang, "error", title=title, expected=error.expected, got=error.got, hint=hint)


def html_error(error: LmdemoError, lang: str) -> str:
    """The same as HTML, in which what stands between back-ticks is code; what a visitor named may hold anything."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(say_error(error, lang), quote=False))
