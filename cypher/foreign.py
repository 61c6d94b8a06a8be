"""Words that stand in queries written for other databases, or in SQL, and not here: what to write instead.

The parser asks when a text does not fit the grammar. A phrase goes from here when the grammar gets a rule for it;
until then a test holds that each is answered in these words.
"""

from __future__ import annotations

from lithograph.cypher.lexer import Tokens

_USERS = "There are no users and roles, so there is no statement for them."
_TRIGGERS = "There are no triggers."
_CONSTRAINTS = "There are no constraints. MERGE makes a node only if there is none like it."
_INDEXES = (
    "Indexes are of one kind: CREATE INDEX FOR (n:Label) ON (n.key) serves equality, ranges and STARTS WITH."
)
_ONE_DATABASE = "There is one database, and a statement always runs in it."
_ISOLATION = "The level of isolation is chosen for the whole server, with --isolation-level."

_STREAMS = "There are no streams; a client reads them and sends what they bring."
_REPLICATION = "There is one server, without replicas."
_FILES = "Files are not read by the server; send their rows as a parameter: UNWIND $rows AS row."
_NO_SQL = "This is no SQL."
_NULLS = "Null comes last, descending first; to have it elsewhere sort by x IS NULL before x."

ADVICE: dict[tuple[str, ...], str] = {
    ("ALTER", "CURRENT", "USER"): _USERS,
    ("ALTER", "DATABASE"): _ONE_DATABASE,
    ("ALTER", "USER"): _USERS,
    ("ANALYZE", "GRAPH"): "The planner counts exactly and all the time; there is nothing to ANALYZE.",
    ("BETWEEN",): "For BETWEEN write a chain of comparisons: low <= x <= high.",
    ("CREATE", "CONSTRAINT"): _CONSTRAINTS,
    ("CREATE", "DATABASE"): _ONE_DATABASE,
    ("CREATE", "FULLTEXT", "INDEX"): _INDEXES,
    ("CREATE", "GLOBAL", "EDGE"): _INDEXES,
    ("CREATE", "KAFKA", "STREAM"): _STREAMS,
    ("CREATE", "LOOKUP", "INDEX"): _INDEXES,
    ("CREATE", "POINT", "INDEX"): _INDEXES,
    ("CREATE", "PULSAR", "STREAM"): _STREAMS,
    ("CREATE", "ROLE"): _USERS,
    ("CREATE", "TABLE"): f"{_NO_SQL} There are no tables; a label comes with the first node that has it.",
    ("CREATE", "TEXT", "INDEX"): _INDEXES,
    ("CREATE", "TRIGGER"): _TRIGGERS,
    ("CREATE", "USER"): _USERS,
    ("CREATE", "VECTOR", "INDEX"): _INDEXES,
    ("DELETE", "FROM"): f"{_NO_SQL} For DELETE FROM write MATCH (n:Label) DELETE n.",
    ("DENY",): _USERS,
    ("DROP", "CONSTRAINT"): _CONSTRAINTS,
    ("DROP", "DATABASE"): _ONE_DATABASE,
    ("DROP", "GRAPH"): "To empty the graph write MATCH (n) DETACH DELETE n.",
    ("DROP", "INDEX"): "An index goes by what it is of, not by a name: DROP INDEX ON :Label(key).",
    ("DROP", "REPLICA"): _REPLICATION,
    ("DROP", "ROLE"): _USERS,
    ("DROP", "TRIGGER"): _TRIGGERS,
    ("DROP", "USER"): _USERS,
    ("ELEMENTS",): "REPEATABLE ELEMENTS is not known; a relationship can be walked twice in two MATCH clauses.",
    ("FILTER",): "For FILTER write WITH * WHERE predicate.",
    ("GRANT",): _USERS,
    ("GROUP", "BY"): "The columns without an aggregation are what rows are grouped by; leave GROUP BY away.",
    ("HAVING",): "For HAVING write WITH columns WHERE predicate, and then RETURN.",
    ("INSERT", "INTO"): f"{_NO_SQL} For INSERT INTO write CREATE (:Label {{key: value}}).",
    ("LET",): "For LET write WITH *, expression AS name.",
    ("LIKE",): "For LIKE write STARTS WITH, ENDS WITH, CONTAINS or =~.",
    ("LIMIT",): "LIMIT stands once, behind a clause or the columns of RETURN or WITH, and behind their ORDER BY and SKIP.",
    ("LOAD", "CSV"): _FILES,
    ("LOAD", "JSONL"): _FILES,
    ("LOAD", "PARQUET"): _FILES,
    ("NEXT",): "For RETURN … NEXT write WITH.",
    ("NULLS", "FIRST"): _NULLS,
    ("NULLS", "LAST"): _NULLS,
    ("ORDER", "BY"): "ORDER BY stands once, behind a clause or the columns of RETURN or WITH, before SKIP and LIMIT.",
    ("RELATIONSHIPS",): "DIFFERENT RELATIONSHIPS is what MATCH always looks for; leave it away.",
    ("REGISTER", "REPLICA"): _REPLICATION,
    ("REVOKE",): _USERS,
    ("SELECT",): f"{_NO_SQL} For SELECT write MATCH (n:Label) RETURN n.key.",
    ("SET", "GLOBAL", "TRANSACTION"): _ISOLATION,
    ("SET", "PASSWORD"): _USERS,
    ("SET", "REPLICATION"): _REPLICATION,
    ("SET", "ROLE"): _USERS,
    ("SET", "NEXT", "TRANSACTION"): _ISOLATION,
    ("SET", "SESSION", "TRANSACTION"): _ISOLATION,
    ("SKIP",): "SKIP stands once, behind a clause or the columns of RETURN or WITH, and behind their ORDER BY, before LIMIT.",
    ("UPDATE",): f"{_NO_SQL} For UPDATE write MATCH (n:Label) SET n.key = value.",
    ("USE",): _ONE_DATABASE,
    ("WHERE",): "WHERE stands once, behind MATCH, WITH or YIELD: AND joins predicates; elsewhere write WITH * WHERE ….",
}  # fmt: skip
"""What to say of each phrase."""

NOT_SHOWN = {
    **dict.fromkeys(
        ("CURRENT ROLE", "CURRENT USER", "PRIVILEGES", "ROLE", "ROLES", "USER", "USERS"),
        _USERS,
    ),
    **dict.fromkeys(("TRIGGER INFO", "TRIGGERS"), _TRIGGERS),
    **dict.fromkeys(("REPLICAS", "REPLICATION ROLE"), _REPLICATION),
    **dict.fromkeys(("FULLTEXT INDEXES", "POINT INDEXES", "TEXT INDEXES", "VECTOR INDEX INFO", "VECTOR INDEXES"), _INDEXES),
    "STREAMS": _STREAMS,
}  # fmt: skip
"""What to say of SHOW and these words."""

_LONGEST = max(map(len, ADVICE))
_BEFORE_STATEMENTS = frozenset({"EXPLAIN", "PROFILE"})


def advice(tokens: Tokens, misfit: int) -> tuple[int, str] | None:
    """What to say of a phrase that begins with the token that does not fit, or that the statement begins with.

    Returns:
        the number of the token where the phrase begins, and the advice; None where there is no such phrase.
    """
    begin = int(not _BEFORE_STATEMENTS.isdisjoint(_words(tokens, 0)[:1]))
    for first in (misfit, begin):
        words = _words(tokens, first)
        for length in range(len(words), 0, -1):
            found = ADVICE.get(words[:length])
            if found is not None and misfit <= first + length:
                return first, found
    return None


def _words(tokens: Tokens, first: int) -> tuple[str, ...]:
    """The words from a token on, in capitals, as many as the longest phrase has."""
    words: list[str] = []
    for token in range(first, min(first + _LONGEST, len(tokens.kinds))):
        if tokens.kinds[token] != "WORD":
            break
        words.append(tokens.value(token).upper())
    return tuple(words)
