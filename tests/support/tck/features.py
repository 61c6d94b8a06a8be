"""Feature files into scenarios: backgrounds put in front, every row of an outline's examples a scenario.

Reading all of the TCK takes about a second; gherkin-official does the work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler

from support.tck.steps import Step, Table, read_step


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run. ``feature`` is the file below the features folder, with forward slashes."""

    feature: str
    name: str
    example: int | None
    """Which row of the examples, counted from 1; None where there is no outline."""
    steps: tuple[dict[str, Any], ...]

    @property
    def folder(self) -> str:
        return self.feature.rpartition("/")[0]

    @property
    def key(self) -> str:
        """How the scenario is called in the list of expected failures."""
        number = "" if self.example is None else f" | {self.example}"
        return f"{self.feature} | {self.name}{number}"

    def read_steps(self) -> list[Step]:
        """What the steps mean.

        Raises:
            UnknownStepError, NotationError
        """
        return [read_step(step["text"], _doc_string(step), _table(step)) for step in self.steps]


def read_features(folder: Path) -> list[Scenario]:
    """All scenarios below a folder, in the order of the file names."""
    parser, compiler = Parser(), Compiler()
    return [
        scenario
        for path in sorted(folder.rglob("*.feature"))
        for scenario in _scenarios(path, path.relative_to(folder).as_posix(), parser, compiler)
    ]


def _scenarios(path: Path, feature: str, parser: Parser, compiler: Compiler) -> Iterator[Scenario]:
    document: Any = parser.parse(path.read_text(encoding="utf-8"))
    seen: Counter[str] = Counter()
    document["uri"] = feature
    pickles: Any = compiler.compile(document)
    for pickle in pickles:
        # an example's pickle comes from two nodes of the tree, the outline and the row
        origin, *row = pickle["astNodeIds"]
        seen[origin] += 1
        yield Scenario(
            feature, _name(document, origin), seen[origin] if row else None, tuple(pickle["steps"])
        )


def _name(document: Any, identity: str) -> str:
    """The name of a scenario as it is written, placeholders and all, so that its examples share it."""
    for child in document["feature"]["children"]:
        scenario = child.get("scenario")
        if scenario is not None and scenario["id"] == identity:
            return str(scenario["name"])
    raise LookupError(f"no scenario {identity}")


def _doc_string(step: dict[str, Any]) -> str | None:
    argument = step.get("argument", {})
    return argument["docString"]["content"] if "docString" in argument else None


def _table(step: dict[str, Any]) -> Table | None:
    argument = step.get("argument", {})
    if "dataTable" not in argument:
        return None
    return [[cell["value"] for cell in row["cells"]] for row in argument["dataTable"]["rows"]]
