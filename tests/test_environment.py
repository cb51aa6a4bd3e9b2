"""Three files say what is installed; they must agree: pyproject.toml, uv.lock, environment.yml."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK: dict[str, Any] = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
LOCKED: dict[str, list[dict[str, Any]]] = {}
for package in LOCK["package"]:
    LOCKED.setdefault(package["name"], []).append(package)

Requirements = dict[str, tuple[frozenset[str], SpecifierSet]]


def as_requirements(lines: list[str]) -> Requirements:
    parsed = [Requirement(line) for line in lines]
    return {canonicalize_name(entry.name): (frozenset(entry.extras), entry.specifier) for entry in parsed}


def as_locked(entries: list[dict[str, Any]]) -> Requirements:
    return {
        entry["name"]: (frozenset(entry.get("extras", ())), SpecifierSet(entry.get("specifier", "")))
        for entry in entries
    }


DEPENDENCIES = as_requirements(PROJECT["project"]["dependencies"])
DEVELOPMENT = as_requirements(PROJECT["dependency-groups"]["dev"])


@pytest.fixture(scope="module")
def environment() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    return content


def test_conda_environment_has_the_name_of_the_project(environment: dict[str, Any]) -> None:
    assert environment["name"] == PROJECT["project"]["name"]
    assert environment["channels"] == ["conda-forge"]


def test_conda_environment_has_the_python_of_the_project(environment: dict[str, Any]) -> None:
    conda, pip = environment["dependencies"][:-1], environment["dependencies"][-1]
    assert conda == [f"python{PROJECT['project']['requires-python']}", "pip"]
    assert set(pip) == {"pip"}


def test_conda_environment_has_the_dependencies_of_the_project(environment: dict[str, Any]) -> None:
    *lines, itself = environment["dependencies"][-1]["pip"]
    assert itself == "-e ."
    assert lines == PROJECT["project"]["dependencies"]


def test_lock_was_made_for_these_dependencies() -> None:
    (project,) = LOCKED[PROJECT["project"]["name"]]
    assert as_locked(project["metadata"]["requires-dist"]) == DEPENDENCIES
    assert as_locked(project["metadata"]["requires-dev"]["dev"]) == DEVELOPMENT


def test_lock_was_made_for_this_python() -> None:
    assert SpecifierSet(LOCK["requires-python"]) == SpecifierSet(PROJECT["project"]["requires-python"])


@pytest.mark.parametrize("name", sorted(DEPENDENCIES | DEVELOPMENT))
def test_locked_version_is_one_that_is_asked_for(name: str) -> None:
    _, asked = (DEPENDENCIES | DEVELOPMENT)[name]
    versions = [Version(package["version"]) for package in LOCKED[name]]
    assert versions
    assert all(asked.contains(version) for version in versions)


def test_tools_and_kernels_are_set_for_the_least_python() -> None:
    least = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert PROJECT["tool"]["mypy"]["python_version"] == least
    assert PROJECT["tool"]["ruff"]["target-version"] == "py" + least.replace(".", "")
