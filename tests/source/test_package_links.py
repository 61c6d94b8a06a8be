"""The links that make five folders one package survive however the checkout was transported.

An archive tool that flattens links into text files gives an install that succeeds and cannot import.
"""

import os
import re
from pathlib import Path

import pytest

import lithograph

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / ".pkgroot" / "lithograph"
LAYERS = ("server", "cypher", "durability", "storage", "config")


@pytest.mark.parametrize("layer", LAYERS)
def test_each_layer_is_a_relative_link_to_its_folder(layer: str) -> None:
    link = PACKAGE / layer
    assert link.is_dir(), f"{link} is no directory: were links turned into files on the way here?"
    assert os.readlink(link) == f"../../{layer}"
    assert (link / "__init__.py").is_file()


def test_the_package_holds_nothing_else() -> None:
    names = {path.name for path in PACKAGE.iterdir()} - {"__pycache__"}
    assert names == {*LAYERS, "__init__.py", "py.typed"}


@pytest.mark.parametrize("layer", LAYERS)
def test_every_folder_with_python_files_is_a_package(layer: str) -> None:
    folders = {path.parent for path in (ROOT / layer).rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_the_version_is_a_release_number() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+|\.dev\d+)?", lithograph.__version__)
