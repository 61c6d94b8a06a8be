"""How a dump is cut into transactions; a recording client stands in for the server."""

from collections.abc import Sequence

from benchmarks.bolt_client import transaction
from benchmarks.dump import STATEMENTS_IN_A_TRANSACTION, replay


class Recorder:
    """What was sent: a list for a transaction, a string for a statement alone."""

    def __init__(self) -> None:
        self.sent: list[str | list[str]] = []

    def run(self, text: str) -> None:
        self.sent.append(text)

    def pipeline(self, texts: Sequence[str]) -> None:
        self.sent.append(list(texts))


def test_statements_keep_their_order_and_schema_goes_alone() -> None:
    recorder = Recorder()
    statements = [
        "CREATE (:__mg_vertex__:`User` {__mg_id__: 0});",
        "CREATE (:`INDEX` {__mg_id__: 1});",
        "CREATE INDEX ON :__mg_vertex__(__mg_id__);",
        "MATCH (u:__mg_vertex__) CREATE (u)-[:`T`]->(u);",
        "DROP INDEX ON :__mg_vertex__(__mg_id__);",
        "MATCH (u) REMOVE u:__mg_vertex__, u.__mg_id__;",
        "create edge index on :`T`;",
    ]
    replay(recorder, statements)
    assert recorder.sent == [
        statements[:2],
        statements[2],
        [statements[3]],
        statements[4],
        [statements[5]],
        statements[6],
    ]


def test_long_runs_of_statements_are_cut() -> None:
    recorder = Recorder()
    counted: list[int] = []
    replay(recorder, ["CREATE ()"] * (STATEMENTS_IN_A_TRANSACTION * 2 + 1), counted.append)
    assert [len(part) for part in recorder.sent] == [STATEMENTS_IN_A_TRANSACTION] * 2 + [1]
    assert sum(counted) == STATEMENTS_IN_A_TRANSACTION * 2 + 1


def test_a_transaction_counts_its_requests() -> None:
    packed, requests = transaction(["RETURN 1"])
    assert requests == 4  # BEGIN, RUN, DISCARD, COMMIT
    assert packed.count(b"RETURN 1") == 1
