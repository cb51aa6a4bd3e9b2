"""What the README tells a reader to type exists: make targets, sub-commands, options, files, the code book shown."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from overdue.cli import _parser
from overdue.codebook import load_codebook
from overdue.coding import code_sentence
from overdue.corpus import Corpus

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[str]:
    return [body for name, body in FENCE.findall(README) if name == kind]


def commands(program: str) -> list[str]:
    """Commands of the console blocks that run `program`."""
    lines = [line[2:] for body in blocks("console") for line in body.splitlines() if line.startswith("$ ")]
    return [line for line in lines if shlex.split(line, comments=True)[0] == program]


def check_make(command: str) -> None:
    """Raise if make does not know the command; nothing is run."""
    words = shlex.split(command, comments=True)
    done = subprocess.run([*words, "--dry-run"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def check_overdue(command: str) -> None:
    """Raise if the parser does not know the command."""
    try:
        _parser().parse_args(shlex.split(command, comments=True)[1:])
    except SystemExit as error:
        raise AssertionError(f"overdue does not know: {command}") from error


def test_the_two_commands_come_first() -> None:
    assert blocks("console")[0].split("\n")[:2] == ["$ make report", "$ make test"]


@pytest.mark.parametrize("command", commands("make"))
def test_make_command_exists(command: str) -> None:
    check_make(command)


@pytest.mark.parametrize("command", commands("overdue"))
def test_overdue_command_exists(command: str) -> None:
    check_overdue(command)


@pytest.mark.parametrize(("check", "command"), [(check_make, "make reprot"), (check_overdue, "overdue reprot --out x")])
def test_misspelt_command_would_be_found(check: Callable[[str], None], command: str) -> None:
    with pytest.raises(AssertionError):
        check(command)


def test_every_command_is_one_that_is_checked() -> None:
    lines = [line for body in blocks("console") for line in body.splitlines() if line.startswith("$ ")]
    assert len(commands("make")) + len(commands("overdue")) == len(lines)


def test_targets_named_in_the_text_exist() -> None:
    targets = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = set(re.findall(r"`(?:\w+=\S+ )?make ([a-z-]+)`", README))
    assert named
    assert named <= set(targets)


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)\)", README))
def test_linked_file_exists(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize("name", re.findall(r"`((?:data|src|notebooks|figures|tests)/[\w./-]*)`", README))
def test_named_file_exists(name: str) -> None:
    assert (ROOT / name).exists()


def test_notebooks_are_listed_with_their_questions() -> None:
    listed = re.findall(r"^\| `(\d\d-\w+)` \|", README, re.MULTILINE)
    assert listed == sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))


def test_code_book_shown_works(tmp_path: Path) -> None:
    (shown,) = blocks("yaml")
    path = tmp_path / "weather.yml"
    path.write_text(shown, "utf-8")
    book = load_codebook(path)
    assert [coding.evidence for coding in code_sentence("昨夜下了场雨，今早暴雨。", book)] == ["下了场雨"]


@pytest.mark.parametrize("shown", blocks("python"))
def test_python_shown_runs(shown: str, small: Corpus) -> None:
    paths = re.findall(r'load_corpus\("([^"]+)"\)', shown)
    assert paths
    variables: dict[str, object] = {}
    exec(shown.replace(paths[0], str(small.path)), variables)  # noqa: S102
    assert "corpus" in variables


def test_build_commands_shown_run(tmp_path: Path) -> None:
    """As a reader would type them, on a small folder: one with the shipped code book, one with the one shown."""
    (tmp_path / "path" / "to" / "folder").mkdir(parents=True)
    (tmp_path / "path" / "to" / "folder" / "a.txt").write_text("昨夜暴雨，他失业了。", "utf-8")
    (tmp_path / "weather.yml").write_text(blocks("yaml")[0], "utf-8")
    builds = [line for line in commands("overdue") if " build " in f" {line} "]
    assert len(builds) == 2
    for line in builds:
        words = line.removeprefix("$ ").split()
        words = words[words.index("build") :]
        done = subprocess.run(
            [sys.executable, "-m", "overdue.cli", *words], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert (tmp_path / words[words.index("--out") + 1] / "manifest.json").exists()
