"""An operator with a meter on it, as PROFILE runs them."""

from __future__ import annotations

from collections.abc import Iterator

from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.operators.base import Operator
from lithograph.cypher.profile import ProfiledContext


class Profiled(Operator):
    """Gives what ``operator`` gives and notes it in measure ``number`` of the execution's profile."""

    def __init__(self, operator: Operator, number: int) -> None:
        self.operator = operator
        self.number = number

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        if not isinstance(context, ProfiledContext):
            raise TypeError("a profiled plan runs in a profiled context only")
        profile = context.profile
        measure = profile.measures[self.number]
        frames = self.operator.run(context, argument)
        while True:
            before = profile.enter(measure)
            try:
                frame = next(frames, None)
            finally:
                profile.leave(before)
            measure.hits += 1
            if frame is None:
                return
            if frame.count:
                measure.rows += frame.count
                measure.memory = max(measure.memory, measure.held + frame.size_bytes())
            yield frame
