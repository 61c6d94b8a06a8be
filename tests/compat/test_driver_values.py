"""Every kind of value as a parameter, as a result and through a stored property, with the official driver."""

from __future__ import annotations

import datetime
import math
from typing import Any

import pytest
import pytz  # type: ignore[import-untyped]  # what the driver itself works with
from neo4j import Driver
from neo4j.exceptions import ClientError
from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import CartesianPoint, WGS84Point
from neo4j.time import Date, DateTime, Duration, Time

pytestmark = pytest.mark.driver

HELSINKI = pytz.timezone("Europe/Helsinki")
TWO_HOURS = pytz.FixedOffset(120)

VALUES: dict[str, Any] = {
    "true": True,
    "false": False,
    "zero": 0,
    "tiny integer": -16,
    "byte": -17,
    "16 bits": 32_767,
    "32 bits": -(2**31),
    "least integer": -(2**63),
    "greatest integer": 2**63 - 1,
    "float": 1.5,
    "whole float": 1.0,
    "least float": 5e-324,
    "infinity": math.inf,
    "minus infinity": -math.inf,
    "empty string": "",
    "ASCII": "Friend",
    "beyond the basic plane": "čaj, 茶, 🍵",
    "NUL inside": "a\0b",
    "long string": "litho" * 20_000,
    "bytes": bytes(range(256)),
    "empty list": [],
    "mixed list": [1, "one", 1.0, None, True],
    "nested list": [[1, [2, [3]]], []],
    "long list": list(range(70_000)),
    "empty map": {},
    "nested map": {"a": {"b": [{"c": None}]}, "ключ": 1},
    "date": Date(2026, 11, 22),
    "first date": Date(1, 1, 1),
    "last date": Date(9999, 12, 31),
    "local time": Time(23, 59, 59, 999_999_999),
    "time with offset": Time(1, 2, 3, 4, tzinfo=TWO_HOURS),
    "local datetime": DateTime(1969, 12, 31, 23, 59, 59, 1),
    "datetime with offset": DateTime(2026, 11, 22, 13, 0, 0, 123_456_789, tzinfo=TWO_HOURS),
    "datetime in a zone": HELSINKI.localize(DateTime(2026, 7, 1, 12, 0, 0, 5)),
    "duration": Duration(months=14, days=-3, seconds=5, nanoseconds=7),
    "negative duration": Duration(seconds=-1, nanoseconds=-1),
    "Cartesian point": CartesianPoint((1.5, -2.0)),
    "Cartesian point in space": CartesianPoint((1.0, 2.0, 3.0)),
    "WGS-84 point": WGS84Point((24.94, 60.17)),
    "WGS-84 point with height": WGS84Point((24.94, 60.17, 26.0)),
    "temporal values in a list": [Date(2026, 1, 1), Duration(days=1)],
}


def same(value: Any, other: Any) -> bool:
    """Equal and of one type, all the way down."""
    if type(value) is not type(other):
        return False
    if isinstance(value, list):
        return len(value) == len(other) and all(map(same, value, other))
    if isinstance(value, dict):
        return value.keys() == other.keys() and all(same(value[key], other[key]) for key in value)
    if isinstance(value, CartesianPoint | WGS84Point):
        return value.srid == other.srid and tuple(value) == tuple(other)
    if isinstance(value, DateTime):
        return bool(value == other and value.utcoffset() == other.utcoffset())
    return bool(value == other)


@pytest.mark.parametrize("name", VALUES)
def test_a_value_comes_back_as_it_was_sent(name: str, driver: Driver) -> None:
    value = VALUES[name]
    records = driver.execute_query("RETURN $value AS value", value=value).records
    assert same(records[0]["value"], value)


@pytest.mark.parametrize("name", VALUES)
def test_a_stored_value_comes_back_as_it_was_sent(name: str, driver: Driver) -> None:
    value = VALUES[name]
    driver.execute_query("CREATE (:Kept {value: $value})", value=value)
    records = driver.execute_query("MATCH (n:Kept) RETURN n.value AS value, n").records
    assert same(records[0]["value"], value)
    assert same(records[0]["n"]["value"], value)


def test_values_of_all_kinds_live_in_one_column(driver: Driver) -> None:
    rows = [{"id": number, "value": value} for number, value in enumerate(VALUES.values())]
    driver.execute_query("UNWIND $rows AS row CREATE (:Kept {id: row.id, value: row.value})", rows=rows)
    records = driver.execute_query("MATCH (n:Kept) RETURN n.id AS id, n.value AS value").records
    found = {record["id"]: record["value"] for record in records}
    assert len(found) == len(rows)
    assert [row["id"] for row in rows if not same(found[row["id"]], row["value"])] == []


def test_not_a_number_and_the_sign_of_zero_survive(driver: Driver) -> None:
    records = driver.execute_query(
        "CREATE (n:Kept {nan: $nan, zero: $zero}) RETURN n.nan AS nan, n.zero AS zero",
        nan=math.nan,
        zero=-0.0,
    ).records
    assert math.isnan(records[0]["nan"])
    assert math.copysign(1.0, records[0]["zero"]) == -1.0


def test_a_property_set_to_null_is_absent(driver: Driver) -> None:
    records = driver.execute_query(
        "CREATE (n:Kept {a: 1, b: $nothing}) SET n.a = null RETURN n, n.a AS a, keys(n) AS keys", nothing=None
    ).records
    assert (dict(records[0]["n"]), records[0]["a"], records[0]["keys"]) == ({}, None, [])


def test_the_standard_librarys_temporal_values_are_taken(driver: Driver) -> None:
    native = {
        "date": datetime.date(2026, 11, 22),
        "time": datetime.time(13, 14, 15, 16),
        "moment": datetime.datetime(2026, 11, 22, 13, 14, 15, 16, tzinfo=TWO_HOURS),
        "local": datetime.datetime(2026, 11, 22, 13, 14, 15, 16),
        "span": datetime.timedelta(days=1, seconds=2, microseconds=3),
    }
    values = driver.execute_query("RETURN $values AS values", values=native).records[0]["values"]
    assert {name: values[name].to_native() for name in ("date", "time", "moment", "local")} == {
        name: native[name] for name in ("date", "time", "moment", "local")
    }
    assert values["span"] == Duration(days=1, seconds=2, microseconds=3)


def test_nodes_and_relationships_come_with_everything_they_have(driver: Driver) -> None:
    (record,) = driver.execute_query(
        "CREATE (a:Person:Author {name: 'Ana'})-[r:WROTE {year: 1999}]->(b:Book {title: 'Stone'}) RETURN a, r, b"
    ).records
    a, r, b = record["a"], record["r"], record["b"]
    assert isinstance(a, Node)
    assert isinstance(r, Relationship)
    assert a.labels == frozenset({"Person", "Author"})
    assert dict(a) == {"name": "Ana"}
    assert (r.type, dict(r)) == ("WROTE", {"year": 1999})
    assert (r.start_node, r.end_node) == (a, b)
    found = driver.execute_query(
        "MATCH (n)-[r]->() WHERE elementId(n) = $n AND elementId(r) = $r RETURN n.name AS name",
        n=a.element_id,
        r=r.element_id,
    )
    assert [row["name"] for row in found.records] == ["Ana"]


def test_a_path_is_handed_out_in_the_order_walked(driver: Driver) -> None:
    driver.execute_query("CREATE (:S {n: 1})-[:A]->(:S {n: 2})<-[:B]-(:S {n: 3})")
    (record,) = driver.execute_query("MATCH p = (:S {n: 1})-->()<--(:S {n: 3}) RETURN p").records
    path = record["p"]
    assert isinstance(path, Path)
    assert [node["n"] for node in path.nodes] == [1, 2, 3]
    assert [relationship.type for relationship in path.relationships] == ["A", "B"]
    assert path.relationships[1].start_node == path.nodes[2]


@pytest.mark.parametrize(
    ("text", "type_named"),
    [
        ("MATCH (n:Source) CREATE (:Target {value: n})", "node"),
        ("MATCH (:Source)-[r]->() CREATE (:Target {value: [1, r]})", "relationship"),
        ("MATCH p = (:Source)-->() CREATE (:Target {value: p})", "path"),
    ],
)
def test_a_value_that_cannot_be_stored_is_refused_by_its_type_and_changes_nothing(
    text: str, type_named: str, driver: Driver
) -> None:
    driver.execute_query("CREATE (:Source)-[:TO]->()")
    with pytest.raises(ClientError) as caught:
        driver.execute_query(text)
    assert caught.value.code == "Neo.ClientError.Statement.TypeError"
    assert type_named in (caught.value.message or "").casefold()
    assert driver.execute_query("MATCH (n:Target) RETURN n").records == []
