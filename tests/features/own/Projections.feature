Feature: Projections - what an expression in WITH, RETURN, ORDER BY and WHERE sees

  Scenario: WHERE behind WITH sees what was bound before, behind the columns
    Given an empty graph
    And having executed:
      """
      CREATE (:A {x: 1})-[:T]->(), (:A {x: 2}), (:A {x: 3})-[:T]->()
      """
    When executing query:
      """
      MATCH (a:A)
      WITH a.x * 10 AS y ORDER BY y LIMIT 2
      WHERE a.x > 0 AND (a)-->()
      RETURN y
      """
    Then the result should be, in any order:
      | y  |
      | 10 |

  Scenario: WHERE behind WITH sees the new meaning of a name that is bound again
    Given any graph
    When executing query:
      """
      UNWIND [{a: 1}, {a: 5}] AS a
      WITH a.a AS a, a AS before
      WHERE a > 1
      RETURN a, before
      """
    Then the result should be, in any order:
      | a | before |
      | 5 | {a: 5} |

  Scenario: A variable of a comprehension in ORDER BY is not the alias of the same name
    Given any graph
    When executing query:
      """
      UNWIND [3, 1, 2] AS a
      RETURN a * 2 AS x
      ORDER BY head([x IN [-x] | x])
      """
    Then the result should be, in order:
      | x |
      | 6 |
      | 4 |
      | 2 |

  Scenario: A variable of a reduce in ORDER BY is not the alias of the same name, behind an aggregation either
    Given any graph
    When executing query:
      """
      UNWIND [3, 1, 2] AS a
      RETURN a * 2 AS x, count(*) AS c
      ORDER BY reduce(x = 0, c IN [-x] | x + c)
      """
    Then the result should be, in order:
      | x | c |
      | 6 | 1 |
      | 4 | 1 |
      | 2 | 1 |

  Scenario: An expression that is a column, inside a comprehension that has a variable of that name
    Given any graph
    When executing query:
      """
      UNWIND [3, 1, 2] AS a
      RETURN a AS x, [a IN [1] | a] AS c
      ORDER BY head([a IN [-a] | a])
      """
    Then the result should be, in order:
      | x | c   |
      | 3 | [1] |
      | 2 | [1] |
      | 1 | [1] |

  Scenario: Two names for each other's values
    Given any graph
    When executing query:
      """
      UNWIND [3, 1, 2] AS a
      RETURN a AS b, -a AS a
      ORDER BY a + 0
      """
    Then the result should be, in order:
      | b | a  |
      | 3 | -3 |
      | 2 | -2 |
      | 1 | -1 |

  Scenario Outline: A pattern in ORDER BY may use an alias
    Given an empty graph
    And having executed:
      """
      CREATE (:A {x: 1})-[:T]->(:B), (:A {x: 2})
      """
    When executing query:
      """
      MATCH (a:A)
      WITH a AS m, <more> AS c
      ORDER BY size([(m)-->(k) | k])
      RETURN collect(m.x) AS xs
      """
    Then the result should be, in any order:
      | xs     |
      | [2, 1] |

    Examples:
      | more     |
      | 1        |
      | count(*) |

  Scenario Outline: A pattern beside an aggregation may use what the rows are grouped by
    Given an empty graph
    And having executed:
      """
      CREATE (:A {x: 1})-[:T]->(:B), (:A {x: 2})
      """
    When executing query:
      """
      MATCH (a:A)
      RETURN a, count(*) > 0 AND <pattern> AS c
      """
    Then the result should be, in any order:
      | a           | c     |
      | (:A {x: 1}) | true  |
      | (:A {x: 2}) | false |

    Examples:
      | pattern                    |
      | (a)-->()                   |
      | EXISTS { (a)-->() }        |
      | size([(a)-->(b) \| b]) > 0 |

  Scenario: Expressions are the same only if their literals have the same type
    Given any graph
    When executing query:
      """
      UNWIND [1] AS a
      RETURN a + 1 AS i, a + 1.0 AS f, [a, 1] AS l, [a, true] AS b, collect(a + 1) AS ci, collect(a + 1.0) AS cf,
             1 / (a * 0.0) AS plus, 1 / (a * -0.0) AS minus
      """
    Then the result should be, in any order:
      | i | f   | l      | b         | ci  | cf    | plus | minus |
      | 2 | 2.0 | [1, 1] | [1, true] | [2] | [2.0] | Inf  | -Inf  |

  Scenario: An empty map projection
    Given any graph
    When executing query:
      """
      CREATE (n {x: 1}) RETURN n {} AS m
      """
    Then the result should be, in any order:
      | m  |
      | {} |

  Scenario Outline: SKIP and LIMIT by a parameter that is no number of rows
    Given any graph
    And parameters are:
      | rows | <rows> |
    When executing query:
      """
      UNWIND [1, 2] AS x RETURN x <clause> $rows
      """
    Then a SyntaxError should be raised at runtime: <detail>

    Examples:
      | clause              | rows | detail                  |
      | SKIP                | -1   | NegativeIntegerArgument |
      | LIMIT               | -1   | NegativeIntegerArgument |
      | ORDER BY x LIMIT    | 1.5  | InvalidArgumentType     |
      | ORDER BY x SKIP     | null | InvalidArgumentType     |

  Scenario: A variable of a comprehension may hide the one that its list is made of
    Given an empty graph
    When executing query:
      """
      UNWIND [1, 2] AS i
      RETURN [i IN [i] | i + 1] AS c, all(i IN [i] WHERE i < 2) AS a, reduce(i = i, j IN [i] | i + j) AS r
      """
    Then the result should be, in any order:
      | c   | a     | r |
      | [2] | true  | 2 |
      | [3] | false | 4 |
    And no side effects

  Scenario Outline: ORDER BY an expression that is a column, whatever its variable is called behind it
    Given any graph
    When executing query:
      """
      UNWIND [3, 1, 2, 2] AS x
      RETURN <columns>
      ORDER BY <sort>
      """
    Then the result should be, in order:
      | x  |
      | -3 |
      | -2 |
      | -1 |

    Examples:
      | columns          | sort  |
      | DISTINCT -x AS x | -x    |
      | DISTINCT -x AS x | x     |
      | DISTINCT -x AS x | x * 2 |

  Scenario Outline: The same behind an aggregation
    Given any graph
    When executing query:
      """
      UNWIND [3, 1, 2, 2] AS x
      RETURN -x AS x, count(*) AS c
      ORDER BY <sort>
      """
    Then the result should be, in order:
      | x  | c |
      | -3 | 1 |
      | -2 | 2 |
      | -1 | 1 |

    Examples:
      | sort  |
      | -x    |
      | x     |
      | x * 2 |

  Scenario: A property that is a column under the name of its node, behind an aggregation
    Given an empty graph
    And having executed:
      """
      CREATE ({n: 'b', x: 1}), ({n: 'a', x: 2}), ({n: 'a', x: 3})
      """
    When executing query:
      """
      MATCH (a)
      WITH a.n AS a, max(a.x) AS x ORDER BY a.n
      RETURN collect([a, x]) AS rows
      """
    Then the result should be, in order:
      | rows                 |
      | [['a', 3], ['b', 1]] |

  Scenario: An aggregation under the name of what it takes
    Given any graph
    When executing query:
      """
      UNWIND [{k: 'a', v: 1}, {k: 'b', v: 0}, {k: 'a', v: 2}] AS v
      RETURN v.k AS k, max(v.v) AS v
      ORDER BY max(v.v)
      """
    Then the result should be, in order:
      | k   | v |
      | 'b' | 0 |
      | 'a' | 2 |

  Scenario: Names for each other's values, behind an aggregation
    Given any graph
    When executing query:
      """
      UNWIND [[1, 2], [2, 1]] AS p
      WITH p[0] AS a, p[1] AS b
      RETURN a AS b, b AS a, count(*) AS c
      ORDER BY a
      """
    Then the result should be, in order:
      | b | a | c |
      | 2 | 1 | 1 |
      | 1 | 2 | 1 |

  Scenario: An aggregation under the name of a key, in an expression
    Given any graph
    When executing query:
      """
      UNWIND [3, 1, 2, 2] AS x
      RETURN x AS y, -count(*) AS x
      ORDER BY -x, y DESC
      """
    Then the result should be, in order:
      | y | x  |
      | 3 | -1 |
      | 1 | -1 |
      | 2 | -2 |

  Scenario: UNWIND of what is no list gives it once
    Given any graph
    When executing query:
      """
      UNWIND [[1, 2], [3, 4], 5, null, {a: 1}] AS x UNWIND x AS y
      UNWIND 'b' AS z
      RETURN y, toUpper(z) AS z
      """
    Then the result should be, in order:
      | y      | z   |
      | 1      | 'B' |
      | 2      | 'B' |
      | 3      | 'B' |
      | 4      | 'B' |
      | 5      | 'B' |
      | {a: 1} | 'B' |

  Scenario: Rows are sorted and cut off behind any clause
    Given an empty graph
    And having executed:
      """
      UNWIND range(1, 6) AS i CREATE (:A {i: i})-[:T]->(:B {i: -i}), (:B)
      """
    When executing query:
      """
      MATCH (a:A) WHERE a.i < 6 ORDER BY a.i DESC SKIP 1 LIMIT 2
      MATCH (a)-->(b)
      UNWIND [1, 2, 3] AS x LIMIT 4
      RETURN a.i AS a, count(b) AS bs ORDER BY a
      """
    Then the result should be, in order:
      | a | bs |
      | 3 | 1  |
      | 4 | 3  |

  Scenario: The rows of a subquery are sorted and cut off for each row outside
    Given an empty graph
    And having executed:
      """
      UNWIND range(1, 2) AS i CREATE (a:A {i: i}) WITH a UNWIND range(1, 3) AS j CREATE (a)-[:T]->({j: a.i * j})
      """
    When executing query:
      """
      MATCH (a:A)
      CALL (a) { MATCH (a)-->(b) ORDER BY b.j DESC LIMIT 2 RETURN collect(b.j) AS js }
      RETURN a.i AS i, js, COLLECT { MATCH (a)-->(b) ORDER BY b.j OFFSET 1 LIMIT 1 RETURN b.j } AS middle ORDER BY i
      """
    Then the result should be, in order:
      | i | js     | middle |
      | 1 | [3, 2] | [2]    |
      | 2 | [6, 4] | [4]    |
