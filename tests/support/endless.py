"""Statements that would take for ever, or everything there is, if nobody stopped them; and texts of odd shapes."""

from __future__ import annotations

LIST_OF_SHARED = "reduce(s = [1], x IN range(1, 60) | [s, s])"
"""A value of 60 small lists that has 2^60 elements if they are counted one by one."""

ENDLESS = {
    "Cartesian product": "MATCH (a), (b), (c), (d), (e) RETURN count(*)",
    "Cartesian product kept": "MATCH (a), (b), (c), (d), (e) RETURN a.x, b.x ORDER BY a.x",
    "Cartesian product collected": "MATCH (a), (b), (c), (d), (e) RETURN collect(a)",
    "Cartesian product written": "MATCH (a), (b), (c), (d), (e) CREATE (:X)",
    "Cartesian product skipped": "MATCH (a), (b), (c), (d), (e) RETURN 1 SKIP 10000000000",
    "range beyond every list": "RETURN size(range(1, 1000000000000))",
    "range unwound": "UNWIND range(1, 1000000000000) AS x RETURN sum(x)",
    "range searched": "RETURN 5 IN range(1, 1000000000000)",
    "ranges within each other": "UNWIND range(1, 1000000) AS x UNWIND range(1, 1000000) AS y RETURN sum(y)",
    "a range for each row": "UNWIND range(1, 100000) AS x WITH range(1, x) AS l RETURN sum(size(l))",
    "comprehension": "RETURN size([x IN range(1, 10000) | [y IN range(1, 100000) | x * y]])",
    "quantifier": "RETURN any(x IN range(1, 100000) WHERE any(y IN range(1, 100000) WHERE x = -y))",
    "reduce": "RETURN reduce(a = 0, x IN range(1, 100000) | a + reduce(b = 0, y IN range(1, 100000) | b + y))",
    "string doubled": "RETURN size(reduce(s = 'ab', x IN range(1, 100) | s + s))",
    "string replaced": "RETURN size(reduce(s = 'a', x IN range(1, 100) | replace(s, 'a', 'aaaa')))",
    "list doubled": "RETURN size(reduce(s = [1], x IN range(1, 100) | s + s))",
    "long string for each row": "WITH reduce(s = 'a', x IN range(1, 20) | s + s) AS s UNWIND range(1, 100000) AS x RETURN size(collect(s + x))",
    "shared parts compared": f"WITH {LIST_OF_SHARED} AS v RETURN v = v",
    "shared parts ordered": f"UNWIND [1, 2] AS i WITH {LIST_OF_SHARED} AS v RETURN v ORDER BY v",
    "shared parts distinct": f"RETURN DISTINCT {LIST_OF_SHARED} AS v",
    "shared parts returned": f"RETURN {LIST_OF_SHARED} AS v",
    "shared parts stored": f"CREATE (n) SET n.v = {LIST_OF_SHARED}",
    "shared maps compared": "WITH reduce(s = {a: 1}, x IN range(1, 60) | {a: s, b: s}) AS v RETURN v = v",
    "FOREACH": "FOREACH (x IN range(1, 100000) | FOREACH (y IN range(1, 100000) | CREATE (:X {x: x})))",
    "regular expression": f"RETURN '{'a' * 80}!' =~ '(a|aa)+'",
    "regular expression for each row": "UNWIND range(1, 1000000) AS x WITH reduce(s = '', y IN range(1, 18) | s + 'a') + x AS s RETURN count(s =~ '(a|aa)+(a|aa)+')",
    "all walks": "MATCH p = ()-[*]->() RETURN count(p)",
    "subquery for each row": "UNWIND range(1, 1000000) AS x MATCH (a) WHERE EXISTS { MATCH (b), (c), (d) WHERE b.x + c.x + d.x = -x } RETURN count(*)",
    "pattern comprehension": "MATCH (a) RETURN size([(a)-->()-->()-->()-->()-->()-->() | 1])",
    "shared union": " UNION ".join(["UNWIND range(1, 10000000) AS x RETURN x"] * 3),
}
"""On a graph of 200 nodes, 24 of which are all connected with each other."""


def nested(levels: int) -> dict[str, str]:
    """Texts that open something within itself, so many times."""
    n = levels
    return {
        "parentheses": f"RETURN {'(' * n}1{')' * n} AS x",
        "lists": f"RETURN {'[' * n}1{']' * n} AS x",
        "maps": f"RETURN {'{a: ' * n}1{'}' * n} AS x",
        "NOT": f"RETURN {'NOT ' * n}true AS x",
        "minus": f"RETURN {'- ' * n}1 AS x",
        "CASE": f"RETURN {'CASE WHEN true THEN ' * n}1{' END' * n} AS x",
        "calls": f"RETURN {'abs(' * n}1{')' * n} AS x",
        "comprehensions": f"RETURN {'[x IN ' * n}[1]{']' * n} AS x",
        "quantifiers": f"RETURN {'any(x IN [1] WHERE ' * n}true{')' * n} AS x",
        "reduce": f"RETURN {'reduce(a = 0, x IN [1] | ' * n}1{')' * n} AS x",
        "EXISTS": f"RETURN {'EXISTS { MATCH () WHERE ' * n}true{' }' * n} AS x",
        "COUNT": f"RETURN {'COUNT { MATCH () WHERE 0 < ' * n}1{' }' * n} AS x",
        "FOREACH": f"{'FOREACH (x IN [1] | ' * n}CREATE (){')' * n}",
        "labels": f"MATCH (a:{'(' * n}A{')' * n}) RETURN 1 AS x",
        "not labels": f"MATCH (a:{'!' * n}A) RETURN 1 AS x",
        "subscripts": f"RETURN [1]{'[0..]' * n} AS x",
        "properties": f"WITH {{a: 1}} AS m RETURN m{'.a' * n} AS x",
        "sum": f"RETURN 1{'+1' * n} AS x",
        "power": f"RETURN 1{'^1' * n} AS x",
        "IN": f"RETURN 1{' IN [1]' * n} AS x",
        "unclosed parentheses": f"RETURN {'(' * n}",
        "unclosed lists": f"RETURN {'[' * n}",
        "unclosed maps": f"RETURN {'{a: ' * n}",
        "unclosed nodes": f"MATCH {'(' * n}",
    }


def repeated(times: int) -> dict[str, str]:
    """Texts that have something so many times, one beside or after the other."""
    n = times
    return {
        "list": f"RETURN size([{'1,' * n}1]) AS x",
        "map": f"RETURN {{{', '.join(f'k{i}: 1' for i in range(n))}}} AS x",
        "items": f"RETURN {', '.join(f'1 AS k{i}' for i in range(n))}",
        "AND": f"RETURN true{' AND true' * n} AS x",
        "comparisons": f"RETURN 1{' < 1' * n} AS x",
        "string": f"RETURN size('{'a' * n}') AS x",
        "name": f"RETURN 1 AS `{'a' * n}`",
        "comment": f"RETURN 1 AS x /*{'a' * n}*/",
        "digits": f"RETURN 1{'0' * n} AS x",
        "quotes": "RETURN '" * n,
        "labels": f"MATCH (a{':A' * n}) RETURN 1 AS x",
        "WHEN": f"RETURN CASE {'WHEN false THEN 1 ' * n}END AS x",
        "UNION": " UNION ".join(["RETURN 1 AS x"] * n),
        "CREATE": "".join(f"CREATE (a{i}) " for i in range(n)),
        "WITH": f"WITH 1 AS x {'WITH x ' * n}RETURN x",
        "MATCH": f"MATCH (a) {'MATCH (a) ' * n}RETURN 1 AS x",
        "MERGE": "MERGE (:A) " * n,
        "SET": f"CREATE (a) {'SET a.x = 1 ' * n}",
        "UNWIND": f"{''.join(f'UNWIND [1] AS a{i} ' for i in range(n))}RETURN 1 AS x",
        "hops": f"MATCH (a){'-->()' * n} RETURN 1 AS x",
        "patterns": f"MATCH (a){', ()' * n} RETURN 1 AS x",
        "sort items": f"MATCH (a) RETURN a ORDER BY a{', a' * n}",
        "removals": f"MATCH (a) REMOVE a.x{', a.x' * n}",
    }
