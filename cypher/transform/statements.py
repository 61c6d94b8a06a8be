"""Whole statements, and those about the database rather than the graph."""

from __future__ import annotations

from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.errors import CypherSyntaxError, suggestion
from lithograph.cypher.foreign import NOT_SHOWN
from lithograph.cypher.lexer import Tokens
from lithograph.cypher.shown import LISTINGS, Listing
from lithograph.cypher.transform.literals import too_large

DIALECT = "5"
"""The version of Cypher that ``CYPHER n`` before a query may ask for."""


def make_start(tokens: Tokens, at: int, children: list[Any]) -> ast.Statement:
    if tokens.oversized:
        raise too_large(tokens, min(tokens.oversized))
    statement: ast.Statement = children[0]
    return statement


def make_explain(tokens: Tokens, at: int, children: list[Any]) -> ast.Explain:
    return ast.Explain(children[0], position=tokens.at(at))


def make_profile(tokens: Tokens, at: int, children: list[Any]) -> ast.Profile:
    return ast.Profile(children[0], position=tokens.at(at))


def make_in_dialect(tokens: Tokens, at: int, children: list[Any]) -> ast.Statement:
    """``CYPHER 5 runtime=slotted``: which Cypher is meant; how it is to be run is for the planner to know."""
    statement: ast.Statement = children[-1]
    return statement


def make_dialect(tokens: Tokens, at: int, children: list[Any]) -> None:
    """The version, which has to be this one."""
    if children != [DIALECT]:
        raise CypherSyntaxError(
            f"This is Cypher {DIALECT}; leave the version away, or write CYPHER {DIALECT}.",
            tokens.text,
            tokens.at(at),
        )


def make_option(tokens: Tokens, at: int, children: list[Any]) -> None:
    """``planner=cost``: nothing that would change an answer."""


def make_begin(tokens: Tokens, at: int, children: list[Any]) -> ast.TransactionControl:
    return ast.TransactionControl("BEGIN", position=tokens.at(at))


def make_commit(tokens: Tokens, at: int, children: list[Any]) -> ast.TransactionControl:
    return ast.TransactionControl("COMMIT", position=tokens.at(at))


def make_rollback(tokens: Tokens, at: int, children: list[Any]) -> ast.TransactionControl:
    return ast.TransactionControl("ROLLBACK", position=tokens.at(at))


# ---------------------------------------------------------------- indexes


def make_create_index(tokens: Tokens, at: int, children: list[Any]) -> ast.CreateIndex:
    label, properties = children
    return ast.CreateIndex("node", label, tuple(properties or ()), position=tokens.at(at))


def make_create_edge_index(tokens: Tokens, at: int, children: list[Any]) -> ast.CreateIndex:
    label, properties = children
    return ast.CreateIndex("relationship", label, tuple(properties or ()), position=tokens.at(at))


def make_drop_index(tokens: Tokens, at: int, children: list[Any]) -> ast.DropIndex:
    label, properties = children
    return ast.DropIndex("node", label, tuple(properties or ()), position=tokens.at(at))


def make_drop_edge_index(tokens: Tokens, at: int, children: list[Any]) -> ast.DropIndex:
    label, properties = children
    return ast.DropIndex("relationship", label, tuple(properties or ()), position=tokens.at(at))


def make_if_not_exists(tokens: Tokens, at: int, children: list[Any]) -> bool:
    return True


def make_create_index_for(tokens: Tokens, at: int, children: list[Any]) -> ast.CreateIndex:
    """Neo4j's form; what is indexed is read as a path and expressions."""
    name, if_not_exists, path, *expressions = children
    entity, variable, label = _indexed(tokens, path)
    properties: list[str] = []
    for expression in expressions:
        if not (
            type(expression) is ast.Property
            and type(expression.subject) is ast.Variable
            and expression.subject.name == variable
        ):
            raise CypherSyntaxError(
                f"Expected a property such as {variable}.name.", tokens.text, expression.position
            )
        properties.append(expression.key)
    return ast.CreateIndex(
        entity, label, tuple(properties), name, if_not_exists is not None, position=tokens.at(at)
    )


def _indexed(tokens: Tokens, path: ast.PathPattern) -> tuple[Any, str, str]:
    """(entity, variable, label or type) of ``(n:Label)`` or ``()-[r:TYPE]-()``."""
    empty = ast.NodePattern()
    match path.elements:
        case (ast.NodePattern(str(variable), ast.LabelName(label), None, None),) if path == ast.PathPattern(
            path.elements
        ):
            return "node", variable, label
        case (
            first,
            ast.RelationshipPattern(_, str(variable), ast.LabelName(label), None, None, None),
            last,
        ) if first == empty and last == empty:
            return "relationship", variable, label
    raise CypherSyntaxError("An index is FOR (n:Label) or FOR ()-[r:TYPE]-().", tokens.text, path.position)


# ---------------------------------------------------------------- enumerations


def make_create_enum(tokens: Tokens, at: int, children: list[Any]) -> ast.CreateEnum:
    name, values = children
    return ast.CreateEnum(name, tuple(values), position=tokens.at(at))


def make_add_enum_value(tokens: Tokens, at: int, children: list[Any]) -> ast.AddEnumValue:
    name, value = children
    return ast.AddEnumValue(name, value, position=tokens.at(at))


def make_update_enum_value(tokens: Tokens, at: int, children: list[Any]) -> ast.UpdateEnumValue:
    name, old, new = children
    return ast.UpdateEnumValue(name, old, new, position=tokens.at(at))


# ---------------------------------------------------------------- administration

_SHOWN: dict[str, ast.ShowSubject] = {
    "INDEX INFO": "INDEX INFO",
    "INDEXES": "INDEX INFO",
    "INDEX": "INDEX INFO",
    "ALL INDEXES": "INDEX INFO",
    "STORAGE INFO": "STORAGE INFO",
    "ENUMS": "ENUMS",
    "CONSTRAINT INFO": "CONSTRAINT INFO",
    "CONSTRAINTS": "CONSTRAINT INFO",
    "CONFIG": "CONFIG",
    "VERSION": "VERSION",
    "DATABASE": "DATABASE",
    "CURRENT DATABASE": "DATABASE",
    "DATABASES": "DATABASES",
    "SNAPSHOTS": "SNAPSHOTS",
    "NEXT SNAPSHOT": "NEXT SNAPSHOT",
    "BUILD INFO": "BUILD INFO",
    "DATABASE SETTINGS": "DATABASE SETTINGS",
    "FUNCTIONS": "FUNCTIONS",
    "FUNCTION": "FUNCTIONS",
    "ALL FUNCTIONS": "FUNCTIONS",
    "BUILT IN FUNCTIONS": "FUNCTIONS",
    "FUNCTIONS EXECUTABLE": "FUNCTIONS",
    "FUNCTIONS EXECUTABLE BY CURRENT USER": "FUNCTIONS",
    "PROCEDURES": "PROCEDURES",
    "PROCEDURE": "PROCEDURES",
    "PROCEDURES EXECUTABLE": "PROCEDURES",
    "PROCEDURES EXECUTABLE BY CURRENT USER": "PROCEDURES",
    "TRANSACTIONS": "TRANSACTIONS",
    "TRANSACTION": "TRANSACTIONS",
}
_STATUSES: dict[str, ast.TransactionStatus] = {
    "RUNNING": "RUNNING",
    "COMMITTING": "COMMITTING",
    "ABORTING": "ABORTING",
}
_SETTING = "DATABASE SETTING"


def make_shown(tokens: Tokens, at: int, children: list[Any]) -> str:
    return " ".join(children).upper()


def make_show(
    tokens: Tokens, at: int, children: list[Any]
) -> ast.Show | ast.ShowSetting | ast.ShowTransactions:
    words, argument = children
    status, _, what = words.partition(" ")
    if argument is None and what == "TRANSACTIONS" and status in _STATUSES:
        return make_show_of_several(tokens, at, [status, what])
    if words == _SETTING and argument is not None:
        return ast.ShowSetting(argument.value, position=tokens.at(at))
    if argument is not None:
        raise _nothing_to_show(tokens, at, words, f'{words} "{argument.value}"')
    return ast.Show(_subject(tokens, at, words), position=tokens.at(at))


def make_show_of_several(tokens: Tokens, at: int, children: list[str]) -> ast.ShowTransactions:
    """``SHOW RUNNING, COMMITTING TRANSACTIONS``."""
    *names, what = children
    if what.upper() != "TRANSACTIONS":
        raise CypherSyntaxError(
            f"Several words after SHOW are statuses of TRANSACTIONS, which stands behind them, not {what}.",
            tokens.text,
            tokens.at(at + 1),
        )
    statuses = []
    for name in names:
        status = _STATUSES.get(name.upper())
        if status is None:
            raise CypherSyntaxError(
                f"Transactions have no status {name}.{suggestion(name.upper(), _STATUSES)} "
                f"There are {', '.join(_STATUSES)}.",
                tokens.text,
                tokens.at(at + 1),
            )
        statuses.append(status)
    return ast.ShowTransactions(tuple(statuses), position=tokens.at(at))


def make_terminate_transactions(
    tokens: Tokens, at: int, children: list[ast.Literal]
) -> ast.TerminateTransactions:
    return ast.TerminateTransactions(tuple(str(each.value) for each in children), position=tokens.at(at))


def _subject(tokens: Tokens, at: int, words: str) -> ast.ShowSubject:
    subject = _SHOWN.get(words)
    if subject is None:
        raise _nothing_to_show(tokens, at, words, words)
    return subject


def _nothing_to_show(tokens: Tokens, at: int, words: str, what: str) -> CypherSyntaxError:
    hint = suggestion(words, [*_SHOWN, _SETTING])
    said = NOT_SHOWN.get(words) or f"There is nothing to show as {what}.{hint}"
    return CypherSyntaxError(said, tokens.text, tokens.at(at + 1))


# SHOW … YIELD … is a query: CALL … YIELD … WITH … RETURN …


def make_show_where(tokens: Tokens, at: int, children: list[Any]) -> ast.Query:
    """``SHOW FUNCTIONS WHERE …``: the columns that are usual."""
    words, predicate = children
    listing = _listing(tokens, at, words)
    named = _named(listing.names, tokens.at(at))
    returned = _everything(named[: listing.usual], tokens.at(at))
    call = ast.CallProcedure(listing.procedure, (), named, predicate, position=tokens.at(at))
    return ast.Query((ast.SingleQuery((call, returned), position=tokens.at(at)),), position=tokens.at(at))


def make_show_yield(tokens: Tokens, at: int, children: list[Any]) -> list[Any]:
    return children


def make_show_query(tokens: Tokens, at: int, children: list[Any]) -> ast.Query:
    """``SHOW FUNCTIONS YIELD … [ORDER BY …] [SKIP …] [LIMIT …] [WHERE …] [RETURN …]``."""
    words, (yields, order_by, skip, limit, predicate), returned = children
    listing = _listing(tokens, at, words)
    position = tokens.at(at)
    if not yields:
        raise CypherSyntaxError(
            f"SHOW {words} YIELD needs the names of columns, or *.", tokens.text, tokens.at(at + 1)
        )
    if yields == "*":
        yields = _named(listing.names, position)
    clauses: list[ast.Clause] = []
    if order_by or skip is not None or limit is not None:
        items = _everything(yields, position).projection.items
        sorted_ = ast.Projection(items, order_by=order_by or (), skip=skip, limit=limit, position=position)
        clauses.append(ast.With(sorted_, predicate, position=position))
        predicate = None
    clauses.insert(0, ast.CallProcedure(listing.procedure, (), yields, predicate, position=position))
    clauses.append(_everything(yields, position) if returned is None else returned)
    return ast.Query((ast.SingleQuery(tuple(clauses), position=position),), position=position)


def _listing(tokens: Tokens, at: int, words: str) -> Listing:
    listing = LISTINGS.get(_subject(tokens, at, words))
    if listing is None:
        raise CypherSyntaxError(
            f"SHOW {words} takes no YIELD and no WHERE; SHOW FUNCTIONS, PROCEDURES, INDEXES and TRANSACTIONS do.",
            tokens.text,
            tokens.at(at + 1),
        )
    return listing


def _named(columns: tuple[str, ...], position: ast.Position) -> tuple[ast.YieldItem, ...]:
    return tuple(ast.YieldItem(name, name, position=position) for name in columns)


def _everything(yields: tuple[ast.YieldItem, ...], position: ast.Position) -> ast.Return:
    items = tuple(
        ast.ProjectionItem(
            ast.Variable(item.variable, position=item.position), item.variable, True, position=item.position
        )
        for item in yields
    )
    return ast.Return(ast.Projection(items, position=position), position=position)


def make_set_setting(tokens: Tokens, at: int, children: list[Any]) -> ast.SetSetting:
    name, value = children
    return ast.SetSetting(name.value, value.value, position=tokens.at(at))


_MODES: dict[str, ast.StorageMode] = {
    "IN_MEMORY_TRANSACTIONAL": "IN_MEMORY_TRANSACTIONAL",
    "IN_MEMORY_ANALYTICAL": "IN_MEMORY_ANALYTICAL",
    "ON_DISK_TRANSACTIONAL": "ON_DISK_TRANSACTIONAL",
}


def make_storage_mode(tokens: Tokens, at: int, children: list[Any]) -> ast.SetStorageMode:
    name: str = children[0]
    mode = _MODES.get(name.upper())
    if mode is None:
        raise CypherSyntaxError(
            f"There is no storage mode {name}.{suggestion(name.upper(), _MODES)} "
            f"The modes are {', '.join(_MODES)}.",
            tokens.text,
            tokens.at(at + 2),
        )
    return ast.SetStorageMode(mode, position=tokens.at(at))


def make_recover_snapshot(tokens: Tokens, at: int, children: list[Any]) -> ast.RecoverSnapshot:
    path, force = children
    return ast.RecoverSnapshot(path.value, force is not None, position=tokens.at(at))


def make_create_snapshot(tokens: Tokens, at: int, children: list[Any]) -> ast.CreateSnapshot:
    return ast.CreateSnapshot(position=tokens.at(at))


def make_lock_directory(tokens: Tokens, at: int, children: list[Any]) -> ast.DataDirectory:
    return ast.DataDirectory("LOCK", position=tokens.at(at))


def make_unlock_directory(tokens: Tokens, at: int, children: list[Any]) -> ast.DataDirectory:
    return ast.DataDirectory("UNLOCK", position=tokens.at(at))


def make_directory_status(tokens: Tokens, at: int, children: list[Any]) -> ast.DataDirectory:
    return ast.DataDirectory("STATUS", position=tokens.at(at))


def make_dump_database(tokens: Tokens, at: int, children: list[Any]) -> ast.DumpDatabase:
    return ast.DumpDatabase(position=tokens.at(at))


def make_free_memory(tokens: Tokens, at: int, children: list[Any]) -> ast.FreeMemory:
    return ast.FreeMemory(position=tokens.at(at))
