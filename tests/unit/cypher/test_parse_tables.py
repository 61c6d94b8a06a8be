"""The grammar has no conflict that Lark resolves in silence, and the shipped tables are its."""

from __future__ import annotations

import pytest

from lithograph.cypher import grammar
from lithograph.cypher.parse import Action
from lithograph.cypher.transform import action


def test_no_conflict_is_resolved_by_accident() -> None:
    pytest.importorskip("interegular", reason="Lark's strict mode needs it")
    grammar.build(strict=True)


def test_the_shipped_tables_are_those_of_the_grammar() -> None:
    shipped = grammar.TABLES_FILE.read_text(encoding="utf-8")
    assert shipped == grammar.to_json(grammar.build()), "run: python -m lithograph.cypher.grammar"


def test_tables_survive_being_written_and_read() -> None:
    tables = grammar.tables()
    again = grammar.from_json(grammar.to_json(tables))
    assert again == tables


def test_every_rule_with_a_value_has_a_function_that_makes_it() -> None:
    names = {rule.action for rule in grammar.tables().rules if rule.action is not None}
    functions: dict[str, Action] = {name: action(name) for name in names}
    assert len(functions) > 100


def test_a_rule_without_a_function_is_an_error() -> None:
    with pytest.raises(LookupError, match="no_such_rule"):
        action("no_such_rule")
