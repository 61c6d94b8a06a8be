"""The one place where errors become FAILURE maps.

Up to 5.6 a FAILURE is a code and a message; from 5.7 on it carries a GQL status with its standard description and causes.
"""

from __future__ import annotations

from typing import Any

from lithograph.server.bolt.versions import Version
from lithograph.storage.errors import LithographError

_CLASSES = {
    "08": "connection exception",
    "0A": "feature not supported",
    "22": "data exception",
    "25": "invalid transaction state",
    "28": "invalid authorization specification",
    "2D": "invalid transaction termination",
    "40": "transaction rollback",
    "42": "syntax error or access rule violation",
    "50": "general processing exception",
    "51": "system configuration or operation exception",
    "G1": "dependent object error",
}
"""GQL status class → its condition."""

_SUBCLASSES = {
    "08N06": "protocol error",
    "08N10": "message out of order",
    "08N12": "invalid bookmark",
    "22003": "numeric value out of range",
    "22012": "division by zero",
    "22G03": "invalid value type",
    "22N01": "invalid type",
    "22N51": "database not found",
    "22N56": "protocol message length limit overflow",
    "22N77": "property presence verification failed",
    "22N78": "property type verification failed",
    "22N79": "property uniqueness constraint violated",
    "25N01": "no transaction",
    "25N02": "transaction in progress",
    "25N11": "conflicting transactions",
    "25N14": "transaction termination",
    "25N16": "lock acquisition timeout",
    "25N17": "implicit transaction required",
    "42001": "invalid syntax",
    "42I06": "invalid input",
    "42N02": "writing in read access mode",
    "42N08": "no such procedure",
    "42N48": "no such function",
    "42N51": "missing parameter",
    "42N62": "variable not defined",
    "42NFF": "permission or access denied",
    "50N05": "deadlock detected",
    "50N42": "unexpected error",
    "51N66": "resource exhausted",
    "51N73": "memory limit exceeded",
}

_CLASSIFICATIONS = {
    "ClientError": "CLIENT_ERROR",
    "TransientError": "TRANSIENT_ERROR",
    "DatabaseError": "DATABASE_ERROR",
}


def failure_map(error: LithographError, version: Version) -> dict[str, Any]:
    """The map of a FAILURE in the given version; ``error.__cause__`` becomes ``cause`` if it is ours."""
    if version < (5, 7):
        return {"code": error.code, "message": _message(error)}
    return {"neo4j_code": error.code, **_status(error)}


def _status(error: LithographError) -> dict[str, Any]:
    status: dict[str, Any] = {
        "message": _message(error),
        "gql_status": error.gql_status,
        "description": _description(error),
        "diagnostic_record": {"_classification": _CLASSIFICATIONS[error.code.split(".")[1]]},
    }
    if isinstance(error.__cause__, LithographError):
        status["cause"] = _status(error.__cause__)
    return status


def _description(error: LithographError) -> str:
    """``error: condition - subcondition. Sentence.``"""
    condition = _CLASSES.get(error.gql_status[:2], "general processing exception")
    subcondition = _SUBCLASSES.get(error.gql_status)
    return f"error: {condition}{f' - {subcondition}' if subcondition else ''}. {_message(error)}"


def _message(error: LithographError) -> str:
    """The message, in such characters as can be sent: it may quote anything."""
    return error.message.encode("utf-8", "replace").decode()
