"""Clauses, queries and statements as text."""

from __future__ import annotations

from collections.abc import Iterable

from lithograph.cypher import ast
from lithograph.cypher.render import expressions, hints, patterns
from lithograph.cypher.render.names import quoted, render_name, render_variable


def render(tree: ast.Statement | ast.SingleQuery | ast.Clause) -> str:
    """A statement, a query or a clause on one line (unless a column name holds a line break)."""
    match tree:
        case ast.Query(parts, every, directives):
            text = (" UNION ALL " if every else " UNION ").join(map(render, parts))
            return text if directives is None else f"{hints.render_directives(directives)} {text}"
        case ast.SingleQuery(clauses):
            return " ".join(map(render, clauses))
        case ast.Explain(query):
            return "EXPLAIN " + render(query)
        case ast.Profile(query):
            return "PROFILE " + render(query)
        case ast.Clause():
            return _clause(tree)
        case _:
            return _statement(tree)


# ---------------------------------------------------------------- clauses


def _clause(clause: ast.Clause) -> str:
    match clause:
        case ast.Match(pattern, predicate, optional, told):
            text = f"{'OPTIONAL ' * optional}MATCH {patterns.render_pattern(pattern)}"
            return "".join([text, *(f" {hints.render_hint(hint)}" for hint in told), _where(predicate)])
        case ast.Unwind(expression, variable):
            return f"UNWIND {expressions.render_expression(expression)} AS {render_variable(variable)}"
        case ast.With(projection, predicate):
            return f"WITH {_projection(projection)}{_where(predicate)}"
        case ast.Finish():
            return "FINISH"
        case ast.Return(projection):
            return f"RETURN {_projection(projection)}"
        case ast.CallProcedure() | ast.CallSubquery():
            return _call(clause)
        case _:
            return _update(clause)


def _where(predicate: ast.Expression | None) -> str:
    return "" if predicate is None else f" WHERE {expressions.render_expression(predicate)}"


def _projection(projection: ast.Projection) -> str:
    items = ["*"] if projection.star else []
    items += [_projection_item(item) for item in projection.items]
    text = "DISTINCT " * projection.distinct + ", ".join(items)
    if projection.order_by:
        text += " ORDER BY " + ", ".join(
            expressions.render_expression(item.expression) + " DESC" * item.descending
            for item in projection.order_by
        )
    if projection.skip is not None:
        text += f" SKIP {expressions.render_expression(projection.skip)}"
    if projection.limit is not None:
        text += f" LIMIT {expressions.render_expression(projection.limit)}"
    return text


def _projection_item(item: ast.ProjectionItem) -> str:
    if item.aliased:
        return f"{expressions.render_expression(item.expression)} AS {render_variable(item.name)}"
    if isinstance(item.expression, ast.Variable):
        return render_variable(item.name)
    return item.name  # the source text, which is the column's name


def _call(call: ast.CallProcedure | ast.CallSubquery) -> str:
    if isinstance(call, ast.CallProcedure):
        text = "OPTIONAL " * call.optional + "CALL " + ".".join(map(render_name, call.name.split(".")))
        if call.arguments is not None:
            text += f"({_expressions(call.arguments)})"
        if call.yields is not None:
            text += " YIELD " + ("*" if call.yields == "*" else ", ".join(map(_yield, call.yields)) or "-")
        return text + _where(call.predicate)
    imports = ""
    if call.imports is not None:
        names = "*" if call.imports == "*" else ", ".join(map(render_variable, call.imports))
        imports = f"({names}) "
    text = f"{'OPTIONAL ' if call.optional else ''}CALL {imports}{{ {render(call.query)} }}"
    return text if call.transactions is None else text + _in_transactions(call.transactions)


def _in_transactions(batches: ast.InTransactions) -> str:
    text = " IN"
    if batches.concurrent:
        number = batches.concurrency
        text += f"{'' if number is None else f' {expressions.render_expression(number)}'} CONCURRENT"
    text += " TRANSACTIONS"
    if batches.batch is not None:
        text += f" OF {expressions.render_expression(batches.batch)} ROWS"
    if batches.status is not None:
        text += f" REPORT STATUS AS {render_variable(batches.status)}"
    on_error = batches.on_error
    if on_error.retry:
        seconds = on_error.seconds
        text += " ON ERROR RETRY"
        text += "" if seconds is None else f" FOR {expressions.render_expression(seconds)} SECONDS"
        return f"{text} THEN {on_error.behaviour}"
    return text if on_error == ast.OnError() else f"{text} ON ERROR {on_error.behaviour}"


def _yield(item: ast.YieldItem) -> str:
    field = render_variable(item.field)
    return field if item.field == item.variable else f"{field} AS {render_variable(item.variable)}"


def _update(clause: ast.Clause) -> str:
    match clause:
        case ast.Create(pattern):
            return f"CREATE {patterns.render_pattern(pattern)}"
        case ast.Merge(path, on_create, on_match):
            text = f"MERGE {patterns.render_path(path)}"
            text += f" ON CREATE SET {_items(on_create)}" if on_create else ""
            return text + (f" ON MATCH SET {_items(on_match)}" if on_match else "")
        case ast.Set(items):
            return f"SET {_items(items)}"
        case ast.Remove(items):
            return f"REMOVE {_items(items)}"
        case ast.Delete(deleted, detach):
            return f"{'DETACH ' * detach}DELETE {_expressions(deleted)}"
        case ast.Foreach(variable, source, updates):
            inner = " ".join(map(render, updates))
            over = f"{render_variable(variable)} IN {expressions.render_expression(source)}"
            return f"FOREACH ({over} | {inner})"
        case _:
            raise TypeError(f"not a clause: {clause!r}")


def _items(items: Iterable[ast.UpdateItem]) -> str:
    return ", ".join(map(_item, items))


def _item(item: ast.UpdateItem) -> str:
    match item:
        case ast.SetProperty(target, value):
            return f"{_target(target)} = {expressions.render_expression(value)}"
        case ast.SetProperties(variable, value, merge):
            sign = "+=" if merge else "="
            return f"{render_variable(variable)} {sign} {expressions.render_expression(value)}"
        case ast.RemoveProperty(target):
            return _target(target)
        case ast.SetLabels(variable, labels) | ast.RemoveLabels(variable, labels):
            return render_variable(variable) + "".join(
                ":" + patterns.render_labels(label) for label in labels
            )
        case _:
            raise TypeError(f"not an item of SET or REMOVE: {item!r}")


def _target(target: ast.Property | ast.Subscript) -> str:
    return expressions.render_expression(target)


def _expressions(listed: Iterable[ast.Expression]) -> str:
    return ", ".join(map(expressions.render_expression, listed))


# ---------------------------------------------------------------- other statements


def _statement(statement: ast.Statement | ast.SingleQuery) -> str:
    match statement:
        case ast.CreateIndex() | ast.DropIndex():
            return _index(statement)
        case ast.CreateEnum(name, values):
            return f"CREATE ENUM {render_name(name)} VALUES {{ {', '.join(map(render_name, values))} }}"
        case ast.AddEnumValue(name, value):
            return f"ALTER ENUM {render_name(name)} ADD VALUE {render_name(value)}"
        case ast.UpdateEnumValue(name, old, new):
            return f"ALTER ENUM {render_name(name)} UPDATE VALUE {render_name(old)} TO {render_name(new)}"
        case ast.Show(subject):
            return f"SHOW {subject}"
        case ast.ShowTransactions(statuses):
            return f"SHOW {', '.join(statuses)} TRANSACTIONS"
        case ast.TerminateTransactions(ids):
            return f"TERMINATE TRANSACTIONS {', '.join(map(_text, ids))}"
        case ast.ShowSetting(name):
            return f"SHOW DATABASE SETTING {_text(name)}"
        case ast.SetSetting(name, value):
            return f"SET DATABASE SETTING {_text(name)} TO {_text(value)}"
        case ast.SetStorageMode(mode):
            return f"STORAGE MODE {mode}"
        case ast.CreateSnapshot():
            return "CREATE SNAPSHOT"
        case ast.RecoverSnapshot(path, force):
            return f"RECOVER SNAPSHOT {_text(path)}{' FORCE' * force}"
        case ast.DataDirectory(action):
            return "DATA DIRECTORY LOCK STATUS" if action == "STATUS" else f"{action} DATA DIRECTORY"
        case ast.DumpDatabase():
            return "DUMP DATABASE"
        case ast.TransactionControl(action):
            return action
        case ast.FreeMemory():
            return "FREE MEMORY"
        case _:
            raise TypeError(f"not a statement: {statement!r}")


def _text(value: str) -> str:
    return expressions.render_expression(ast.Literal(value))


def _index(statement: ast.CreateIndex | ast.DropIndex) -> str:
    """Memgraph's form, with backticks as in a dump; Neo4j's where there is something only that can say."""
    of_nodes = statement.entity == "node"
    if isinstance(statement, ast.CreateIndex) and (statement.name is not None or statement.if_not_exists):
        name = "" if statement.name is None else f" {quoted(statement.name)}"
        condition = " IF NOT EXISTS" * statement.if_not_exists
        label = quoted(statement.label)
        pattern = f"(x:{label})" if of_nodes else f"()-[x:{label}]-()"
        properties = ", ".join(f"x.{quoted(key)}" for key in statement.properties)
        return f"CREATE INDEX{name}{condition} FOR {pattern} ON ({properties})"
    verb = "CREATE" if isinstance(statement, ast.CreateIndex) else "DROP"
    properties = f"({', '.join(map(quoted, statement.properties))})" if statement.properties else ""
    return f"{verb} {'' if of_nodes else 'EDGE '}INDEX ON :{quoted(statement.label)}{properties}"
