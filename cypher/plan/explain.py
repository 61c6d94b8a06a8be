"""A plan as people and drivers see it: the lines of EXPLAIN, root first, and the tree of a summary."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lithograph.cypher.plan import logical
from lithograph.cypher.plan.estimates import Estimates

Details = Callable[[logical.Plan], dict[str, object]]
"""What else a summary says of a plan node."""


def lines(plan: logical.Plan) -> list[str]:
    """Memgraph's form: `` * Operator``, with a second input on its own rail."""
    return list(_lines(plan, " "))


def _lines(plan: logical.Plan, rail: str) -> Iterator[str]:
    for step in steps(plan):
        yield f"{rail}* {step.text()}"
        for word, branch in step.branches():
            yield f"{rail}|\\ {word}"
            yield from _lines(branch, f"{rail}| ")


def steps(plan: logical.Plan) -> Iterator[logical.Plan]:
    """A node and those down its main input, which may be long; without those that are no operator."""
    step: logical.Plan | None = plan
    while step is not None:
        if not isinstance(step, logical.Recall):
            yield step
        step = next(step.inputs(), None)


def operator(plan: logical.Plan) -> str:
    """The operator of a node, without its details."""
    return plan.text().partition(" ")[0]


def explained(plan: logical.Plan, estimates: Estimates) -> dict[str, object]:
    """The plan as drivers expect it in the summary of an EXPLAIN."""
    root = tree(plan, lambda _: {}, estimates)
    arguments = root["args"]
    assert isinstance(arguments, dict)
    arguments["string-representation"] = "\n".join(lines(plan))
    return root


def tree(plan: logical.Plan, details: Details, estimates: Estimates) -> dict[str, object]:
    """A plan in the form of Neo4j's summaries; what ``details`` says of a node is put in and among its ``args``."""
    chain = list(steps(plan))
    below: dict[str, object] | None = None
    known: set[str] = set()
    for step in reversed(chain):  # from the leaf up, without recursion
        children = [] if below is None else [below]
        children += [tree(branch, details, estimates) for _, branch in step.branches()]
        known = logical.identifiers(step, known)
        more = details(step)
        below = {
            "operatorType": operator(step),
            "identifiers": sorted(known),
            "args": {
                "Details": step.text(),
                "EstimatedRows": estimates[step],
                **{key[0].upper() + key[1:]: more[key] for key in more},
            },
            "children": children,
            **more,
        }
    assert below is not None
    return below
