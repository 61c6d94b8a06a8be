"""Operators: the steps of a plan over frames.

An operator is run with a context and an argument frame, and is then a generator of frames; the leaf of
a plan, ``Once``, gives the argument itself. Inner plans (OPTIONAL MATCH, MERGE, subqueries) get the outer
rows as their argument, with a column of row numbers, and run once for the batch.

Rules that all operators keep:

1. A frame without rows is a breath: the operator has worked and has nothing to give yet. It is passed
   on (as ``EMPTY``, without columns), so that whoever drives the query gets control often.
2. No frame has more than about ``LARGEST`` rows, however wild the expansion.
3. What an operator keeps for long it accounts for (``Context.hold``).
4. Frames carry only columns that are still needed (``keep``).
5. An operator has no state of its own; one serves many executions at once.
6. One that treats each frame by itself is a ``PerFrame`` and is asked only for frames that have rows.
"""
