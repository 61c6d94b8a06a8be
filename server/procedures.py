"""Procedures that tell of the server: ``db.info()``, ``dbms.info()``, ``dbms.listConfig()``, ``show.transactions()``; columns are Neo4j's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lithograph.config.runtime import RUNTIME_SETTINGS
from lithograph.config.settings import describe
from lithograph.cypher.context import Context
from lithograph.cypher.procedures import Mode, Procedure, procedure
from lithograph.cypher.shown import TRANSACTIONS

if TYPE_CHECKING:
    from lithograph.server.database import Database

_INFO = "(id :: STRING, name :: STRING, creationDate :: STRING)"


def server_procedures(database: Database) -> list[Procedure]:
    """The procedures that need the server around an engine."""

    @procedure(
        f"db.info() :: {_INFO}",
        "Id and name of the database; when it was made is not recorded.",
        mode=Mode.DBMS,
    )
    def db_info(_context: Context) -> list[tuple[str, str, None]]:
        return [(str(database.durability.database), database.database_name, None)]

    @procedure(
        f"dbms.info() :: {_INFO}",
        "Id and name of the server; it has the id of its one database.",
        mode=Mode.DBMS,
    )
    def dbms_info(_context: Context) -> list[tuple[str, str, None]]:
        return [(str(database.durability.database), "lithograph", None)]

    @procedure(
        'dbms.listConfig(searchString = "" :: STRING) :: (name :: STRING, description :: STRING, value :: STRING, '
        "dynamic :: BOOLEAN)",
        "The settings whose names hold the text searched for; SHOW CONFIG has their defaults too.",
        mode=Mode.DBMS,
    )
    def list_config(_context: Context, searched: str) -> Iterator[tuple[str, str, str, bool]]:
        changeable = {setting.flag.attribute for setting in RUNTIME_SETTINGS.values()}
        for row in describe(database.settings):
            if searched.casefold() in row.name.casefold():
                yield row.name, row.description, row.current_value, row.name in changeable

    @procedure(
        TRANSACTIONS.signature,
        "The open transactions of all clients; what SHOW TRANSACTIONS YIELD calls.",
        mode=Mode.DBMS,
        deterministic=False,
    )
    def show_transactions(_context: Context) -> Iterator[tuple[Any, ...]]:
        return database.running.neo4j_rows(database.database_name)

    return [db_info, dbms_info, list_config, show_transactions]
