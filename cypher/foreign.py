"""Statements of Neo4j and Memgraph that Lithograph does not have, told by how they begin.

The grammar knows nothing of them, so that what it has to say of one would be of no help. Only asked after a syntax error.
"""

from __future__ import annotations

import re

from lithograph.cypher.errors import UnsupportedError
from lithograph.cypher.lexer import Tokens

_LOOKED_AT = 6
"""Words of a statement, or from the place of an error, at the most."""

_STATEMENTS = (
    (r"(CREATE|DROP|SHOW)( OR REPLACE)? CONSTRAINTS?\b", "A constraint"),
    (r"(CREATE|DROP|SHOW)( OR REPLACE)? (FULLTEXT|TEXT|POINT|VECTOR|LOOKUP) (EDGE )?INDEX", "An index of this kind"),
    (r"DROP INDEX (?!ON\b)", "An index with a name (DROP INDEX ON :Label(property) drops one)"),
    (
        r"(CREATE|DROP|ALTER|RENAME|SHOW)( OR REPLACE)?( CURRENT)? (USERS?|ROLES?|PRIVILEGES?)\b|GRANT\b|DENY\b|REVOKE\b|"
        r"SET (PASSWORD|USER|ROLE)\b|CLEAR ROLE\b",
        "Anything about users and roles",
    ),
    (r"(CREATE|DROP|SHOW)( OR REPLACE)? TRIGGERS?\b", "A trigger"),
    (r"(CREATE|DROP|START|STOP|ALTER|USE)( OR REPLACE| COMPOSITE)? DATABASE\b|USE\b", "More than one database"),
    (r"(SHOW|TERMINATE) TRANSACTIONS?\b", "Looking at the transactions of others, or ending them,"),
    (r"(CREATE|DROP|START|STOP|CHECK|SHOW)( KAFKA| PULSAR| ALL)? STREAMS?\b", "A stream"),
    (r"(CREATE|DROP|ALTER|SHOW) ENUMS?\b", "An enumeration"),
    (r"(ENABLE|DISABLE|STOP) TTL\b", "Time to live"),
    (r"(REGISTER|DROP|SHOW|PROMOTE|ADD|REMOVE) (REPLICAS?|REPLICATION|INSTANCES?|COORDINATOR)\b|SET REPLICATION\b", "Replication"),
    (r"SET (GLOBAL |SESSION |NEXT )?TRANSACTION\b", "An isolation level for a session or a transaction"),
    (r"ANALYZE GRAPH\b", "ANALYZE GRAPH (counts are exact as they are)"),
)  # fmt: skip
_CLAUSES = (
    (r"LOAD (CSV|PARQUET|JSONL)\b", "LOAD CSV and its kind (UNWIND of a parameter takes rows from a client)"),
)
_AT_BEGINNING = [(re.compile(pattern), what) for pattern, what in _STATEMENTS]
_ANYWHERE = [(re.compile(pattern), what) for pattern, what in _CLAUSES]


def foreign(tokens: Tokens, token: int) -> UnsupportedError | None:
    """What to say if a statement that is wrong at ``token`` is, or has there, one that others have."""
    for start, table in ((0, _AT_BEGINNING), (token, _ANYWHERE)):
        words = " ".join(
            tokens.value(number) for number in range(start, min(start + _LOOKED_AT, len(tokens.kinds) - 1))
        )
        for pattern, what in table:
            if pattern.match(words.upper()):
                return UnsupportedError(what, tokens.text, tokens.at(start))
    return None
