"""Read a code book: what is coded, in which dimensions, and the patterns that find it -> `Codebook`.

A code book is a YAML file (`data/codebook.yml`): dimensions with their codes, each with id, labels, definition.
Patterns stand with a code under `patterns`, or in a file of their own beside it (`codebook.rules.yml`).
"""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from overdue.articles import InputError
from overdue.resources import resource

ID = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Patterns:
    """What finds a code: any of `any`, none of `without`; see `data/codebook.rules.yml` for their form."""

    any: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Code:
    """One code: its id, dimension, labels and definition, and the patterns that find it."""

    id: str
    dimension: str
    zh: str
    en: str
    definition: str
    actor: str | None = None
    include: str = ""
    exclude: str = ""
    examples: tuple[str, ...] = ()
    patterns: Patterns = field(default_factory=Patterns)


@dataclass(frozen=True)
class Codebook:
    """All codes in the order of the file; `dimensions` maps each dimension to its Chinese label."""

    codes: dict[str, Code]
    dimensions: dict[str, str]
    version: str

    def ids(self, dimension: str | None = None) -> list[str]:
        """Ids of all codes, or of those of one dimension, in the order of the book."""
        return [code.id for code in self.codes.values() if dimension in (None, code.dimension)]


@cache
def load_codebook(path: Path | None = None) -> Codebook:
    """Read and check a code book; the shipped one if no path is given.

    Raises
    ------
    InputError
        The file cannot be read, or an entry is wrong; the message names file, code, both sides and the remedy.
    """
    path = path or resource("data", "codebook.yml")
    book = _read_yaml(path)
    rules_path = path.with_name(f"{path.stem}.rules{path.suffix}")
    rules = _read_yaml(rules_path) if rules_path.exists() else {}
    dimensions = book.get("dimensions")
    if not isinstance(dimensions, dict) or not dimensions:
        raise InputError(f"{path.name}: no dimensions; expected 'dimensions:' with at least one, each with 'codes:'")
    codes: dict[str, Code] = {}
    for dimension, spec in dimensions.items():
        if not isinstance(spec, dict) or not isinstance(spec.get("codes"), list) or not spec["codes"]:
            raise InputError(f"{path.name}: dimension '{dimension}' has no list of codes; add 'codes:' below it")
        for entry in spec["codes"]:
            code = _code(path.name, str(dimension), entry, rules)
            if code.id in codes:
                raise InputError(
                    f"{path.name}: code '{code.id}' stands in {codes[code.id].dimension} and in {dimension}; "
                    "ids must be unique"
                )
            codes[code.id] = code
    if unknown := sorted(set(rules) - set(codes)):
        raise InputError(f"{rules_path.name}: no code '{unknown[0]}' in {path.name}; known are {', '.join(codes)}")
    labels = {str(name): str(spec.get("zh", name)) for name, spec in dimensions.items()}
    return Codebook(codes, labels, str(book.get("version", "")))


def _code(file: str, dimension: str, entry: Any, rules: dict[str, Any]) -> Code:
    if not isinstance(entry, dict) or not ID.fullmatch(str(entry.get("id", ""))):
        raise InputError(
            f"{file}: dimension '{dimension}': entry {entry!r:.60} has no id like 'income_loss' (a-z, 0-9, _)"
        )
    name = entry["id"]
    patterns = entry.get("patterns", rules.get(name, {}))
    if isinstance(patterns, list):
        patterns = {"any": patterns}
    if not isinstance(patterns, dict) or (unknown := set(patterns) - {"any", "without"}):
        found = sorted(unknown) if isinstance(patterns, dict) else patterns
        raise InputError(f"{file}: code '{name}': patterns has {found!r}; expected 'any' and 'without', each a list")
    words = {key: _words(file, name, key, patterns.get(key, [])) for key in ("any", "without")}
    for pattern in (*words["any"], *words["without"]):
        try:
            re.compile(pattern)
        except re.error as error:
            raise InputError(f"{file}: code '{name}': pattern {pattern!r}: {error}; check its brackets") from None
    return Code(
        id=name,
        dimension=dimension,
        zh=str(entry.get("zh", name)),
        en=str(entry.get("en", name)),
        definition=str(entry.get("definition", "")),
        actor=entry.get("actor"),
        include=str(entry.get("include", "")),
        exclude=str(entry.get("exclude", "")),
        examples=_words(file, name, "examples", entry.get("examples", [])),
        patterns=Patterns(words["any"], words["without"]),
    )


def _words(file: str, name: str, key: str, words: Any) -> tuple[str, ...]:
    """A list of texts, none of them empty."""
    if not isinstance(words, list) or not all(isinstance(word, str | int | float) and str(word) for word in words):
        raise InputError(
            f"{file}: code '{name}': {key} is {words!r}; expected a list of words, like ['罚息', '滞纳金']"
        )
    return tuple(map(str, words))


class _UniqueKeys(yaml.SafeLoader):
    """Refuses a mapping that names a key twice, where YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        for name in names:
            if names.count(name) > 1:
                raise yaml.MarkedYAMLError(problem=f"'{name}' twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text("utf-8"), _UniqueKeys)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        place = getattr(error, "problem_mark", None)
        raise InputError(
            f"{path.name}: not valid YAML{f' at line {place.line + 1}' if place else ''}; check indentation and quotes"
        ) from None
    if not isinstance(content, dict):
        raise InputError(f"{path.name}: expected a mapping at the top, found {type(content).__name__}")
    return content
