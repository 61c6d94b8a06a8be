"""What the last SUCCESS of a result says: counters, plans, notifications or statuses, by version.

Everything that would be empty is left out: for mgconsole an empty list of notifications is a crash, and drivers make the default
statuses up themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lithograph.cypher.results import Notification, Statistics
from lithograph.server.backend import Summary
from lithograph.server.bolt.messages import NotificationChoice
from lithograph.server.bolt.versions import Version

_COUNTERS = tuple((name, name.replace("_", "-")) for name in Statistics.__dataclass_fields__)
_NO_CHANGES = Statistics()
_SEVERITIES = {"INFORMATION": 0, "WARNING": 1, "OFF": 2}


@dataclass(frozen=True, slots=True)
class NotificationFilter:
    """Which notifications a client gets."""

    minimum: int = 0
    disabled: frozenset[str] = frozenset()

    def narrowed(self, choice: NotificationChoice) -> NotificationFilter:
        """This filter with what ``choice`` says in place of what was said before."""
        minimum, disabled = self.minimum, self.disabled
        if choice.minimum_severity is not None:
            minimum = _SEVERITIES.get(choice.minimum_severity.upper(), 0)
        if choice.disabled is not None:
            disabled = frozenset(name.upper() for name in choice.disabled)
        return NotificationFilter(minimum, disabled)

    def admits(self, notification: Notification) -> bool:
        severity = _SEVERITIES.get(notification.severity, 0)
        return severity >= self.minimum and notification.category not in self.disabled


def summary_map(
    summary: Summary,
    kind: str,
    has_columns: bool,
    rows_came: bool,
    version: Version,
    wanted: NotificationFilter,
) -> dict[str, Any]:
    """``kind`` is the statement's type; ``db``, ``t_last`` and the bookmark are the session's to add."""
    out: dict[str, Any] = {
        "type": kind,
        "parsing_time": summary.parsing_time,
        "planning_time": summary.planning_time,
        "plan_execution_time": summary.execution_time,
        "cost_estimate": summary.cost_estimate,
    }
    if summary.statistics != _NO_CHANGES:
        out["stats"] = _counters(summary.statistics)
    if summary.plan is not None:
        out["plan"] = summary.plan
    if summary.profile is not None:
        out["profile"] = summary.profile
    if summary.notifications and version >= (5, 2):
        admitted = [notification for notification in summary.notifications if wanted.admits(notification)]
        if admitted and version >= (5, 6):
            out["statuses"] = _statuses(admitted, has_columns, rows_came)
        elif admitted:
            out["notifications"] = list(map(_notification, admitted))
    return out


def _counters(statistics: Statistics) -> dict[str, Any]:
    counts = {key: getattr(statistics, name) for name, key in _COUNTERS if getattr(statistics, name)}
    return {**counts, "contains-updates": True}


def _notification(notification: Notification) -> dict[str, Any]:
    said = {
        "code": notification.code,
        "title": notification.title,
        "description": notification.description,
        "severity": notification.severity,
        "category": notification.category,
    }
    return {**said, **_position(notification, "position")}


def _position(notification: Notification, key: str) -> dict[str, Any]:
    if notification.position is None:
        return {}
    return {key: dict(zip(("offset", "line", "column"), notification.position, strict=True))}


def _statuses(notifications: list[Notification], has_columns: bool, rows_came: bool) -> list[dict[str, Any]]:
    """In the order that GQL demands: no data (02), warnings (01), success (00), information (03)."""
    if not has_columns:
        outcome = {
            "gql_status": "00001",
            "status_description": "note: successful completion - omitted result",
        }
    elif rows_came:
        outcome = {"gql_status": "00000", "status_description": "note: successful completion"}
    else:
        outcome = {"gql_status": "02000", "status_description": "note: no data"}
    statuses = [outcome, *map(_notification_status, notifications)]
    return sorted(statuses, key=lambda status: ("02", "01", "00", "03").index(status["gql_status"][:2]))


def _notification_status(notification: Notification) -> dict[str, Any]:
    warning = notification.severity == "WARNING"
    return {
        "gql_status": "01N00" if warning else "03N00",
        "status_description": f"{'warn: warning' if warning else 'info: informational'}. {notification.description}",
        "neo4j_code": notification.code,
        "title": notification.title,
        "description": notification.description,
        "diagnostic_record": {
            "_severity": notification.severity,
            "_classification": notification.category,
            **_position(notification, "_position"),
        },
    }
