"""Golden files: what a test gave when somebody last looked at it and found it right.

A file has a question and its answer with a line of dashes between them. Lines before the question that begin with
``#`` say what the case is about. ``GOLDEN=write pytest …`` writes the answers anew; read the difference
before you keep it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"
DASHES = "-" * 40
VARIABLE = "GOLDEN"


@dataclass(frozen=True)
class Golden:
    """One file, taken apart."""

    path: Path
    remarks: str
    question: str
    answer: str

    @staticmethod
    def read(path: Path) -> Golden:
        head, _, answer = path.read_text(encoding="utf-8").partition(f"{DASHES}\n")
        lines = head.splitlines(keepends=True)
        remarks = [line for line in lines if line.startswith("#")]
        question = "".join(line for line in lines if not line.startswith("#")).strip()
        return Golden(path, "".join(remarks), question, answer)

    def check(self, answer: str) -> None:
        """Compare with what is in the file, or write it there."""
        if os.environ.get(VARIABLE) == "write":
            self.path.write_text(f"{self.remarks}{self.question}\n{DASHES}\n{answer}", encoding="utf-8")
            return
        assert answer == self.answer, f"{self.path.name}: see tests/support/golden.py for how to accept this"


def goldens(folder: str, ending: str) -> list[object]:
    """The files of a folder of ``tests/scripts``, as parameters of a test."""
    paths = sorted((SCRIPTS / folder).glob(f"*.{ending}"))
    assert paths, f"no *.{ending} in {SCRIPTS / folder}"
    return [pytest.param(Golden.read(path), id=path.stem) for path in paths]
