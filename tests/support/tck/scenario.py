"""Plays one scenario and judges every step.

Beyond what the steps say: a statement that fails must leave the graph as it was, what a statement says that it created
and deleted must be what it did, and no outcome may go by unjudged.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from support.tck import steps
from support.tck.comparison import StrangeValueError, difference
from support.tck.features import Scenario
from support.tck.subject import Failure, Image, Rows, Subject


class ScenarioError(Exception):
    """Something came out otherwise than the scenario says."""


def play(scenario: Scenario, subject: Subject, graphs: Path) -> None:
    """Play a scenario against an empty subject; ``graphs`` is the folder of the named graphs.

    Raises:
        ScenarioError: what is wrong, with the statement.
        UnknownStepError, NotationError: the scenario is not understood.
    """
    run = _Run(subject, graphs)
    for step in [*scenario.read_steps(), None]:
        try:
            run.take(step) if step is not None else run.end()
        except (ScenarioError, StrangeValueError) as error:
            shown = "\n  ".join(run.text.strip().splitlines())
            raise ScenarioError(f"{error}\n{scenario.key}\n  {shown}") from None


class _Run:
    """A scenario being played: the outcome of the last statement, and the graph before it."""

    def __init__(self, subject: Subject, graphs: Path) -> None:
        self._subject = subject
        self._graphs = graphs
        self._parameters: dict[str, Any] = {}
        self._before = Image()
        self._outcome: Rows | Failure | None = None
        self._judged = True
        self.text = ""

    def take(self, step: steps.Step) -> None:
        match step:
            case steps.StartEmpty():
                return
            case steps.StartFrom(graph=name):
                self._prepare(_graph(self._graphs, name))
            case steps.Prepare(text=text):
                self._prepare(text)
            case steps.Procedure():
                self._register(step)
            case steps.Parameters(values=values):
                self._parameters = values
            case steps.Execute(text=text):
                self._execute(text)
            case steps.ExpectRows():
                self._expect_rows(step)
            case steps.ExpectNothing():
                rows = self._rows().rows
                _require(not rows, f"no rows were expected; there are {len(rows)}, first {rows[:1]}")
            case steps.ExpectError():
                self._expect_error(step)
            case steps.ExpectSideEffects(changes=changes):
                self._rows()
                found = dict(self._before.changes_to(self._subject.image()))
                _require(found == changes, f"side effects: expected {changes}, found {found}")

    def end(self) -> None:
        """Nothing more comes."""
        _require(self._judged, f"nothing is said about the outcome: {self._outcome}")

    def _prepare(self, text: str) -> None:
        self.text = text
        outcome = self._subject.run(text, self._parameters)
        _require(isinstance(outcome, Rows), f"a preparing statement failed: {outcome}")

    def _register(self, procedure: steps.Procedure) -> None:
        try:
            self._subject.register(procedure)
        except NotImplementedError as error:
            raise ScenarioError(str(error)) from None

    def _execute(self, text: str) -> None:
        self.end()
        self.text = text
        self._before = self._subject.image()
        self._outcome = self._subject.run(text, self._parameters)
        self._judged = False
        after = self._subject.image()
        if isinstance(self._outcome, Failure):
            _require(after == self._before, "a failed statement has changed the graph")
        elif self._outcome.growth is not None:
            growth = self._before.growth_to(after)
            told = self._outcome.growth
            _require(told == growth, f"the counters say {told}, the graph says {growth}")

    def _rows(self) -> Rows:
        self._judged = True
        if isinstance(self._outcome, Failure):
            raise ScenarioError(f"unexpected failure: {self._outcome}")
        if self._outcome is None:
            raise ScenarioError("the scenario expects something before it runs anything")
        return self._outcome

    def _expect_rows(self, step: steps.ExpectRows) -> None:
        result = self._rows()
        _require(result.columns == step.columns, f"columns: expected {step.columns}, found {result.columns}")
        wrong = difference(step.rows, result.rows, step.in_order, step.ordered_lists)
        _require(wrong is None, wrong or "")

    def _expect_error(self, step: steps.ExpectError) -> None:
        self._judged = True
        outcome = self._outcome
        wanted = f"{step.kind} at {step.phase} time: {step.detail}"
        if not isinstance(outcome, Failure):
            raise ScenarioError(f"no error; expected: {wanted}; found: {outcome}")
        alike = (
            outcome.kind == step.kind
            and step.phase in ("*", outcome.phase)
            and step.detail in ("*", outcome.detail)
        )
        _require(alike, f"another error; expected: {wanted}\nfound: {outcome}")


def _require(condition: bool, complaint: str) -> None:
    if not condition:
        raise ScenarioError(complaint)


@cache
def _graph(graphs: Path, name: str) -> str:
    return (graphs / name / f"{name}.cypher").read_text(encoding="utf-8").strip().removesuffix(";")
