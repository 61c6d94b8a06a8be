"""Values of results as documentation shows them: ``'text'``, ``1.0``, ``(:Label {key: 1})``, ``2015-07-21``."""

from __future__ import annotations

from typing import Any

from lithograph.cypher.render import render_name
from lithograph.cypher.results import Node, Path, Relationship
from lithograph.cypher.scalar.text import to_text


def shown_value(value: Any) -> str:
    """One value as text, the same for the same value."""
    match value:
        case None:
            return "null"
        case str():
            return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
        case bytes():
            return f"bytes 0x{value.hex()}"
        case list():
            return f"[{', '.join(map(shown_value, value))}]"
        case dict():
            return _map(value)
        case Node():
            labels = "".join(f":{render_name(label)}" for label in value.labels)
            return f"({' '.join(filter(None, (labels, _properties(value))))})"
        case Relationship():
            return f"[{' '.join(filter(None, (f':{render_name(value.type)}', _properties(value))))}]"
        case Path():
            return _path(value)
    return to_text(value)


def _map(entries: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{render_name(key)}: {shown_value(item)}" for key, item in entries.items()) + "}"


def _properties(element: Node | Relationship) -> str:
    return _map(element.properties) if element.properties else ""


def _path(path: Path) -> str:
    parts = [shown_value(path.nodes[0])]
    for before, step, after in zip(path.nodes, path.relationships, path.nodes[1:], strict=False):
        forwards = step.start == before.id
        parts.append(f"-{shown_value(step)}->" if forwards else f"<-{shown_value(step)}-")
        parts.append(shown_value(after))
    return f"<{''.join(parts)}>"
