"""What functions declare to take: arguments that are refused before anything runs would fail while it runs, too."""

from __future__ import annotations

from typing import Any

import pytest

from lithograph.cypher.entities import NodeRef, PathRef, RelationshipRef
from lithograph.cypher.errors import CypherError, CypherTypeError
from lithograph.cypher.scalar.aggregates import AGGREGATE_NAMES, lookup_aggregate
from lithograph.cypher.scalar.functions import Function, all_functions
from lithograph.cypher.scalar.functions.signatures import Gives, Parameter, as_result
from lithograph.cypher.scalar.functions.takes import Takes
from lithograph.cypher.scalar.temporal.clock import Clock
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.spatial import CARTESIAN_2D, Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time
from support.values import FakeReader

READER = FakeReader(
    nodes={1: (["A"], {"name": "Apa"}), 2: ([], {})},
    relationships={5: ("KNOWS", 1, 2, {"since": 2015})},
)
CLOCK = Clock(statement=1_445_000_000_123_456_789, transaction=1_444_000_000_000_000_001)

SAMPLES: dict[str, Any] = {
    "BOOLEAN": True,
    "STRING": "a",
    "INTEGER": 1,
    "FLOAT": 0.5,
    "BYTEARRAY": b"\0",
    "DATE": Date(1),
    "LOCAL TIME": LocalTime(1),
    "ZONED TIME": Time(1, 0),
    "LOCAL DATETIME": LocalDateTime(1, 0),
    "ZONED DATETIME": DateTime(1, 0, 0),
    "DURATION": Duration(0, 1, 0, 0),
    "POINT": Point(CARTESIAN_2D, 1.0, 2.0),
    "ENUM": EnumValue("Status", "Good"),
    "NODE": NodeRef(1),
    "RELATIONSHIP": RelationshipRef(5),
    "MAP": {"a": 1},
    "LIST": [1, 2],
    "PATH": PathRef((1, 2), (5,)),
}
DECLARED = [f for f in all_functions() if any(parameter.takes for parameter in f.parameters)]


def call(function: Function, arguments: list[Any]) -> Any:
    extra: dict[str, Any] = {"clock": CLOCK} if function.needs_clock else {}
    if function.needs_state:
        extra["state"] = {}
    return function.call(*arguments, *([READER] if function.needs_reader else []), **extra)


def fitting(parameter: Parameter) -> Any:
    return SAMPLES["INTEGER" if parameter.takes is None else parameter.takes.types[0]]


@pytest.mark.parametrize("function", DECLARED, ids=lambda f: f.name)
def test_a_type_that_is_not_declared_is_refused_while_it_runs(function: Function) -> None:
    for place, parameter in enumerate(function.parameters):
        for name, value in SAMPLES.items():
            if parameter.takes is None or name in parameter.takes.types:
                continue
            arguments = [fitting(each) for each in function.parameters]
            arguments[place] = value
            with pytest.raises(CypherError):
                call(function, arguments)


def complaint(function: Function, arguments: list[Any]) -> str:
    try:
        call(function, arguments)
    except CypherTypeError as error:
        return error.summary
    except CypherError:
        return ""  # the type is right, the value is not
    return ""


@pytest.mark.parametrize("function", DECLARED, ids=lambda f: f.name)
def test_a_type_that_is_declared_is_not_refused_for_what_it_is(function: Function) -> None:
    first = function.parameters[0]
    for name in first.takes.types if first.takes else ():
        arguments = [SAMPLES[name], *map(fitting, function.parameters[1:])]
        # A date that is asked for its time, say, has the right type in general; that is told in other words.
        assert "() expected" not in complaint(function, arguments[: max(function.minimum, 1)])


@pytest.mark.parametrize("name", AGGREGATE_NAMES)
def test_the_same_of_aggregates(name: str) -> None:
    aggregate = lookup_aggregate(name)
    assert aggregate is not None
    takes = aggregate.takes[0].takes
    more = [0.5] * aggregate.parameters
    for kind, value in SAMPLES.items():
        if takes is None or kind in takes.types:
            aggregate.reduce([value], *more)
        else:
            with pytest.raises(CypherTypeError):
                aggregate.reduce([value], *more)


@pytest.mark.parametrize(
    ("types", "words"),
    [
        (("STRING",), "a string"),
        (("INTEGER", "FLOAT"), "a number"),
        (("INTEGER", "STRING"), "an integer or a string"),
        (("STRING", "LIST", "MAP", "BYTEARRAY"), "a string, a list, a map or bytes"),
        (("DATE", "ZONED DATETIME"), "a date or a datetime"),
    ],
)
def test_types_in_words(types: tuple[str, ...], words: str) -> None:
    assert Takes(types).in_words == words


@pytest.mark.parametrize(
    ("hint", "result"),
    [
        (str | None, Gives("STRING")),
        (int | str, Gives()),
        (list[NodeRef] | None, Gives("LIST", Gives("NODE"))),
        (dict[str, Any], Gives("MAP")),
        (Any, Gives()),
        (None, Gives()),
    ],
)
def test_results_are_read_off_python_types(hint: Any, result: Gives) -> None:
    assert as_result(hint) == result
