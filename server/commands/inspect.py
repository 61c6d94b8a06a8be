"""``lithograph inspect FILE …``: what is in WAL files and snapshots."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lithograph.server.commands.keys import add_key_flag, keys_of

if TYPE_CHECKING:
    from lithograph.server.commands import Commands

DESCRIPTION = """\
Print what is in WAL files and snapshots: header, transactions (or blocks of a snapshot), and how the file ends. Of
a folder, all files in it. A damaged file is shown as far as it goes, an encrypted one without its key up to its
header, which names the key. Exit status 1 when a file could not be read
to its end."""

_INDENT = 14


def register(commands: Commands) -> None:
    parser = commands.add_parser(
        "inspect", help="print what is in WAL files and snapshots", description=DESCRIPTION
    )
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--limit", metavar="N", type=_count, help="so many transactions or blocks of each file at most"
    )
    parser.add_argument(
        "--summary", action="store_true", help="only how many transactions, changes and elements there are"
    )
    add_key_flag(parser)
    parser.set_defaults(run=run)


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError
    return number


def run(arguments: argparse.Namespace) -> int:
    """Print each file; returns 0 when all were whole, or at least unfinished in the way a crash explains."""
    from lithograph.durability.files import RealFiles
    from lithograph.durability.framing import Ending
    from lithograph.durability.inspect import inspect
    from lithograph.server.commands.output import forget_stdout, refuse
    from lithograph.storage.errors import LithographError

    show: Callable[[dict[str, Any]], Iterator[str]] = _json if arguments.json else _text
    unreadable = {Ending.BAD_HEADER.value, Ending.BAD_PAYLOAD.value, Ending.OUT_OF_ORDER.value}
    status = 0
    try:
        keys = keys_of(arguments)
    except LithographError as error:
        return refuse(error)
    for path in _expand(arguments.files):
        try:
            records = inspect(path, RealFiles(), limit=arguments.limit, summary=arguments.summary, keys=keys)
            for record in records:
                for line in show(record):
                    sys.stdout.write(f"{line}\n")
                if record.get("ending") in unreadable or "malformed" in record:
                    status = 1
        except BrokenPipeError:  # whoever read has seen enough
            forget_stdout()
            return status
        except (LithographError, OSError) as error:
            status = refuse(error)
    return status


def _expand(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = sorted(each for each in path.rglob("*") if each.is_file())
            yield from (each for each in found if not any(p[0] == "." for p in each.relative_to(path).parts))
        else:
            yield path


def _json(record: dict[str, Any]) -> Iterator[str]:
    yield json.dumps(record, ensure_ascii=False)


# -- as text


def _text(record: dict[str, Any]) -> Iterator[str]:
    match record["record"]:
        case "header":
            yield from _header(record)
        case "end":
            yield f"{record['offset']:>10}  {record['ending']} ({record['left']} bytes left)"
        case "sums":
            yield from _sums(record)
        case _:
            yield from _frame(record)


def _header(record: dict[str, Any]) -> Iterator[str]:
    yield record["file"]
    yield f"{record['kind']}, {record['size']} bytes, checksums {record['checksums']}"
    for name, value in record.items():
        if name not in ("record", "file", "kind", "size", "checksums"):
            yield f"  {name:<13} {value}"
    yield f"{'offset':>10}  {'':<11} {'sequence':>9} {'timestamp':>9}  {'written':<32} {'bytes':>9}"


def _frame(record: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{record['offset']:>10}  {record['record']:<11} {record['sequence']:>9} {record['timestamp']:>9}  "
        f"{record['written']:<32} {record['bytes']:>9}"
    )
    match record["record"]:
        case "summary" if "from" in record:
            yield f"{'':{_INDENT}}from {record['from']} to {record['to']}, {record['transactions']} transactions"
        case "footer" if "blocks" in record:
            yield (
                f"{'':{_INDENT}}{record['blocks']} blocks, {record['deltas']} deltas, "
                f"{record['vertices']} vertices, {record['edges']} edges"
            )
        case "transaction" | "block":
            yield from _deltas(record)


def _deltas(record: dict[str, Any]) -> Iterator[str]:
    for delta in record["deltas"]:
        yield f"{'':{_INDENT}}{_delta(delta)}"
    more = sum(record["counts"].values()) - len(record["deltas"])
    if more > 0:
        yield f"{'':{_INDENT}}… and {more} more"
    if "malformed" in record:
        yield f"{'':{_INDENT}}the content makes no sense: {record['malformed']}"


def _delta(delta: dict[str, Any]) -> str:
    parts = [f"{name}={_value(value)}" for name, value in delta.items() if name != "delta"]
    return " ".join([delta["delta"], *parts])


def _value(value: Any) -> str:
    if isinstance(value, dict):  # values of a property
        return f"{value['kind']}{_value(value['values'])}"
    return repr(value)


def _sums(record: dict[str, Any]) -> Iterator[str]:
    for kind, count in record["frames"].items():
        yield f"{count:>10}  {kind}"
    for kind, count in record["deltas"].items():
        yield f"{'':10}  {count:>10}  {kind}, {record['elements'][kind]} elements"
    for name in ("first", "last"):
        if record[name]:
            yield f"{'':10}  {name:<5} transaction {record[name]['timestamp']}, written {record[name]['written']}"
