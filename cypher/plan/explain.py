"""A plan as the lines that EXPLAIN shows, root first."""

from __future__ import annotations

from collections.abc import Iterator

from lithograph.cypher.plan import logical


def lines(plan: logical.Plan) -> list[str]:
    """Memgraph's form: `` * Operator``, with a second input on its own rail."""
    return list(_lines(plan, " "))


def _lines(plan: logical.Plan, rail: str) -> Iterator[str]:
    step: logical.Plan | None = plan
    while step is not None:  # a loop down the main input, which may be long
        if isinstance(step, logical.Recall):
            step = step.input
            continue
        yield f"{rail}* {step.text()}"
        for word, branch in step.branches():
            yield f"{rail}|\\ {word}"
            yield from _lines(branch, f"{rail}| ")
        step = next(step.inputs(), None)


def tree(plan: logical.Plan) -> dict[str, object]:
    """The plan as drivers expect it in a summary."""
    if isinstance(plan, logical.Recall):
        return tree(plan.input)
    inputs = [*plan.inputs(), *(branch for _, branch in plan.branches())]
    return {
        "operatorType": type(plan).__name__,
        "identifiers": [],
        "args": {"Details": plan.text()},
        "children": [tree(child) for child in inputs],
    }
