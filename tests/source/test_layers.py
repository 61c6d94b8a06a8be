"""Imports go downwards only, through the package, and every layer is part of it."""

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = ("server", "cypher", "durability", "storage", "config")
OUR_SOURCES = (*LAYERS, "tests", "benchmarks")


def sources() -> list[Path]:
    return sorted(path for folder in OUR_SOURCES for path in (ROOT / folder).rglob("*.py"))


def test_every_import_between_layers_goes_downwards() -> None:
    """In a process of its own: import-linter switches off the loggers of the one it runs in."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as main; main()",
        "--no-cache",
    ]
    environment = {**os.environ, "PYTHONPATH": os.fspath(ROOT / ".pkgroot")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contract_on_imports_names_every_layer() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = project["tool"]["importlinter"]["contracts"]
    named = {layer.strip() for row in contract["layers"] for layer in row.split("|")}
    assert named == set(LAYERS)
    assert contract["exhaustive"] is True


@pytest.mark.parametrize("path", sources(), ids=lambda path: os.fspath(path.relative_to(ROOT)))
def test_imports_are_absolute_and_go_through_the_package(path: Path) -> None:
    """``import storage`` works by accident from the root, and makes a second copy of every class."""
    offences = [
        f"line {node.lineno}: {name or 'a relative import'}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in imported_modules(node)
        if not name or name.partition(".")[0] in LAYERS
    ]
    assert offences == []


def imported_modules(node: ast.AST) -> list[str]:
    """The modules that an import statement names; the empty text stands for a relative import."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return ["" if node.level else node.module or ""]
    return []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("import storage.tables", "storage.tables"),
        ("from config import load", "config"),
        ("from . import x", ""),
    ],
)
def test_the_search_for_imports_sees_every_form(statement: str, found: str) -> None:
    assert imported_modules(ast.parse(statement).body[0]) == [found]
