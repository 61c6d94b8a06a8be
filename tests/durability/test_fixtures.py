"""Data directories of earlier versions: each can be read, holds what it held, and can be gone on with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from lithograph.durability.check import check
from support.databases import execute, open_on
from support.make_fixture import TORN, content, make

FIXTURES = sorted((Path(__file__).parent / "fixtures").iterdir())


@pytest.fixture(params=FIXTURES, ids=lambda folder: folder.name)
def fixture(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.param
    return folder


async def test_a_data_directory_of_an_earlier_version_is_recovered_and_gone_on_with(
    fixture: Path, tmp_path: Path
) -> None:
    expected = json.loads((fixture / "expected.json").read_text(encoding="utf-8"))
    data = Path(shutil.copytree(fixture / "data", tmp_path / "data"))
    database = open_on(data)
    report = database.durability.report
    assert report is not None
    assert report.cut is not None
    assert report.cut.size == TORN
    assert await content(database) == expected
    await execute(database, "CREATE (:Later {i: 1})")
    await execute(database, "CREATE SNAPSHOT")
    later = await content(database)
    await database.close()
    again = open_on(data)
    assert await content(again) == later
    assert later["dump"] != expected["dump"]
    await again.close()


def test_the_tools_find_nothing_wrong_with_it(fixture: Path) -> None:
    report = check(fixture / "data")
    assert report.fine
    assert [file.state for file in report.files] == ["whole"] * (len(report.files) - 1) + ["torn"]


async def test_the_present_version_would_write_the_same_content(fixture: Path, tmp_path: Path) -> None:
    """That the script is the one which made the newest fixture; older ones may differ."""
    if fixture != FIXTURES[-1]:
        return
    await make(tmp_path / "new")
    texts = [(folder / "expected.json").read_text(encoding="utf-8") for folder in (fixture, tmp_path / "new")]
    assert texts[0] == texts[1]
