"""Golden conversations (``tests/scripts/bolt``), each fed whole and byte by byte."""

from pathlib import Path

import pytest

from support.bolt_script import play, scripts

SCRIPTS = scripts(Path(__file__).parents[2] / "scripts" / "bolt")


@pytest.mark.parametrize("bytewise", [False, True], ids=["whole", "bytewise"])
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
async def test_the_server_answers_as_the_script_says(script: Path, bytewise: bool) -> None:
    await play(script.read_text(), bytewise)
