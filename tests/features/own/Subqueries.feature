Feature: Subqueries - what CALL, EXISTS, COUNT and COLLECT see, give and do

  Background:
    Given an empty graph
    And having executed:
      """
      CREATE (a:P {i: 1})-[:R]->(b:P {i: 2})-[:R]->(c:P {i: 3})
      """

  Scenario: A WITH at the beginning imports, and nothing else is seen
    When executing query:
      """
      MATCH (p:P)
      CALL { WITH p MATCH (p)-->(q) RETURN q.i AS next }
      RETURN p.i, next
      """
    Then the result should be, in any order:
      | p.i | next |
      | 1   | 2    |
      | 2   | 3    |

  Scenario: Without an import the name is another variable
    When executing query:
      """
      MATCH (p:P {i: 1})
      CALL { MATCH (p:P) RETURN count(p) AS c }
      RETURN p.i, c
      """
    Then the result should be, in any order:
      | p.i | c |
      | 1   | 3 |

  Scenario: An aggregation gives a row for every outer row, also for those without rows
    When executing query:
      """
      MATCH (p:P)
      CALL (p) { MATCH (p)-->(q) RETURN count(q) AS c, collect(q.i) AS l, max(q.i) AS m }
      RETURN p.i, c, l, m
      """
    Then the result should be, in any order:
      | p.i | c | l   | m    |
      | 1   | 1 | [2] | 2    |
      | 2   | 1 | [3] | 3    |
      | 3   | 0 | []  | null |

  Scenario: What is imported stays visible behind a WITH
    When executing query:
      """
      MATCH (p:P)
      CALL (p) { WITH 10 AS x WITH x * 2 AS x RETURN count(*) * x + p.i AS y }
      RETURN y
      """
    Then a SyntaxError should be raised at compile time: AmbiguousAggregationExpression

  Scenario: What is imported is constant beside an aggregation
    When executing query:
      """
      MATCH (p:P)
      CALL (p) { WITH 10 AS x WITH x * 2 AS x RETURN sum(x) + p.i AS y }
      RETURN y
      """
    Then the result should be, in any order:
      | y  |
      | 21 |
      | 22 |
      | 23 |

  Scenario: A name from outside cannot be given to something else
    When executing query:
      """
      MATCH (p:P) CALL (p) { WITH 1 AS p RETURN 2 AS x } RETURN x
      """
    Then a SyntaxError should be raised at compile time: VariableAlreadyBound

  Scenario: A column cannot have the name of a variable outside
    When executing query:
      """
      MATCH (p:P) CALL { RETURN 1 AS p } RETURN p
      """
    Then a SyntaxError should be raised at compile time: VariableAlreadyBound

  Scenario: ORDER BY, SKIP and LIMIT are for each row
    When executing query:
      """
      UNWIND [1, 2] AS x
      CALL (x) { MATCH (p:P) RETURN p.i * x AS y ORDER BY y DESC SKIP 1 LIMIT 1 }
      RETURN x, y
      """
    Then the result should be, in any order:
      | x | y |
      | 1 | 2 |
      | 2 | 4 |

  Scenario: UNION inside, with and without ALL
    When executing query:
      """
      UNWIND [1, 2] AS x
      CALL (x) { RETURN x AS y UNION RETURN 1 AS y }
      CALL (x) { RETURN x AS z UNION ALL RETURN 1 AS z }
      RETURN x, y, z
      """
    Then the result should be, in any order:
      | x | y | z |
      | 1 | 1 | 1 |
      | 1 | 1 | 1 |
      | 2 | 2 | 2 |
      | 2 | 2 | 1 |
      | 2 | 1 | 2 |
      | 2 | 1 | 1 |

  Scenario: A subquery without RETURN keeps the rows as they are
    When executing query:
      """
      UNWIND [1, 2] AS x
      CALL (x) { UNWIND range(1, x) AS y CREATE (:N {x: x, y: y}) }
      RETURN x
      """
    Then the result should be, in any order:
      | x |
      | 1 |
      | 2 |
    And the side effects should be:
      | +nodes      | 3 |
      | +labels     | 1 |
      | +properties | 6 |

  Scenario: What a subquery did for one row, it sees for the next
    When executing query:
      """
      UNWIND [1, 2, 3] AS x
      CALL (x) { MATCH (p:P) WITH count(p) AS c CREATE (:P {i: 10 * x}) RETURN c }
      RETURN x, c
      """
    Then the result should be, in any order:
      | x | c |
      | 1 | 3 |
      | 2 | 4 |
      | 3 | 5 |
    And the side effects should be:
      | +nodes      | 3 |
      | +properties | 3 |

  Scenario: What follows sees what a subquery did
    When executing query:
      """
      CALL { CREATE (:N) }
      WITH 1 AS x
      MATCH (n:N)
      RETURN count(n)
      """
    Then the result should be, in any order:
      | count(n) |
      | 1        |
    And the side effects should be:
      | +nodes  | 1 |
      | +labels | 1 |

  Scenario: A subquery that no row reaches does nothing
    When executing query:
      """
      UNWIND [] AS x CALL (x) { CREATE (:N) RETURN count(*) AS c } RETURN c
      """
    Then the result should be empty
    And no side effects

  Scenario: Subqueries within subqueries
    When executing query:
      """
      MATCH (p:P)
      CALL (p) {
        MATCH (q:P) WHERE q.i <> p.i
        CALL (p, q) { RETURN p.i * q.i AS product }
        RETURN sum(product) AS s
      }
      RETURN p.i, s
      """
    Then the result should be, in any order:
      | p.i | s |
      | 1   | 5 |
      | 2   | 8 |
      | 3   | 9 |

  Scenario: EXISTS, COUNT and COLLECT hold whole queries
    When executing query:
      """
      MATCH (p:P)
      RETURN p.i,
        EXISTS { MATCH (p)--(q) WITH count(q) AS c WHERE c > 1 RETURN c } AS inner,
        COUNT { MATCH (p)-->(q) RETURN q UNION MATCH (p)<--(q) RETURN q } AS neighbours,
        COLLECT { MATCH (q:P) WHERE q <> p RETURN q.i ORDER BY q.i DESC LIMIT 1 } AS largest
      """
    Then the result should be, in any order:
      | p.i | inner | neighbours | largest |
      | 1   | false | 1          | [3]     |
      | 2   | true  | 2          | [3]     |
      | 3   | false | 1          | [2]     |

  Scenario: What is outside stays visible behind a WITH of EXISTS
    When executing query:
      """
      MATCH (p:P)
      WHERE EXISTS { MATCH (p)-->(q) WITH q.i AS i WHERE i = p.i + 1 AND i > 2 RETURN i }
      RETURN p.i
      """
    Then the result should be, in any order:
      | p.i |
      | 2   |

  Scenario: Every call of a random function is one of its own
    When executing query:
      """
      UNWIND range(1, 20) AS x CALL { RETURN randomUUID() AS u } RETURN count(DISTINCT u) AS c
      """
    Then the result should be, in any order:
      | c  |
      | 20 |

  Scenario: IN TRANSACTIONS does all of it
    When executing query:
      """
      UNWIND range(1, 10) AS x
      CALL (x) { CREATE (n:N {x: x}) RETURN n.x * 2 AS y } IN TRANSACTIONS OF 3 ROWS
      RETURN count(*) AS c, sum(y) AS s
      """
    Then the result should be, in any order:
      | c  | s   |
      | 10 | 110 |
    And the side effects should be:
      | +nodes      | 10 |
      | +labels     | 1  |
      | +properties | 10 |

  Scenario: IN TRANSACTIONS needs a number of rows above zero
    When executing query:
      """
      UNWIND range(1, 10) AS x CALL (x) { CREATE () } IN TRANSACTIONS OF 0 ROWS
      """
    Then a SyntaxError should be raised at runtime: NegativeIntegerArgument

  Scenario: IN TRANSACTIONS stands in no subquery
    When executing query:
      """
      UNWIND [1] AS x CALL (x) { CALL { CREATE () } IN TRANSACTIONS } RETURN x
      """
    Then a SyntaxError should be raised at compile time: InvalidClauseComposition

  Scenario: OPTIONAL CALL keeps a row for which there is nothing
    When executing query:
      """
      UNWIND [1, 2, 3] AS x
      OPTIONAL CALL (x) { UNWIND range(2, x) AS y RETURN y }
      RETURN x, y
      """
    Then the result should be, in any order:
      | x | y    |
      | 1 | null |
      | 2 | 2    |
      | 3 | 2    |
      | 3 | 3    |

  Scenario: UNION DISTINCT is UNION
    When executing query:
      """
      RETURN 1 AS x UNION DISTINCT RETURN 1 AS x
      """
    Then the result should be, in any order:
      | x |
      | 1 |

  Scenario: FINISH gives nothing
    When executing query:
      """
      MATCH (p:P) SET p.j = 1 FINISH
      """
    Then the result should be empty
    And the side effects should be:
      | +properties | 3 |

  Scenario: FINISH is the end
    When executing query:
      """
      MATCH (p:P) FINISH RETURN p
      """
    Then a SyntaxError should be raised at compile time: InvalidClauseComposition

  Scenario: DELETE takes lists, nested as they may be
    When executing query:
      """
      MATCH (p:P) WITH collect(p) AS l DETACH DELETE [l, [null]]
      """
    Then the result should be empty
    And the side effects should be:
      | -nodes         | 3 |
      | -relationships | 2 |
      | -labels        | 1 |
      | -properties    | 3 |

  Scenario: DELETE refuses lists of what is no part of the graph
    When executing query:
      """
      MATCH (p:P) DELETE [1]
      """
    Then a SyntaxError should be raised at compile time: InvalidArgumentType

  Scenario: shortestPath and allShortestPaths are values, too
    When executing query:
      """
      MATCH (a:P {i: 1}), (b:P)
      RETURN b.i AS i, length(shortestPath((a)-[:R*]->(b))) AS l, size(allShortestPaths((a)-[:R*]->(b))) AS n
      """
    Then the result should be, in any order:
      | i | l    | n |
      | 1 | null | 0 |
      | 2 | 1    | 1 |
      | 3 | 2    | 1 |

  Scenario: Patterns and subqueries are aggregated like any value
    When executing query:
      """
      MATCH (p:P)
      RETURN count(exists((p)-->())) AS all, sum(COUNT { (p)-->() }) AS steps,
             collect(COLLECT { MATCH (p)-->(q) RETURN count(q) }) AS counts
      """
    Then the result should be (ignoring element order for lists):
      | all | steps | counts          |
      | 3   | 2     | [[1], [1], [0]] |

  Scenario: Subqueries beside an aggregation see what the rows are grouped by, and aggregate for themselves
    When executing query:
      """
      MATCH (p:P)
      RETURN p.i AS i, count(*) + COUNT { MATCH (q:P) WITH q.i AS j, count(q) AS c WHERE j > p.i RETURN c } AS n
      ORDER BY COUNT { MATCH (q:P) WHERE q.i < i RETURN q } DESC
      """
    Then the result should be, in order:
      | i | n |
      | 3 | 1 |
      | 2 | 2 |
      | 1 | 3 |

  Scenario: A pattern beside an aggregation cannot begin where the rows are not grouped
    When executing query:
      """
      MATCH (p:P) RETURN count(*) + size([(p)-->() | 1]) AS n
      """
    Then a SyntaxError should be raised at compile time: AmbiguousAggregationExpression

  Scenario: A subquery beside an aggregation cannot begin where the rows are not grouped
    When executing query:
      """
      MATCH (p:P) RETURN count(*) + COUNT { (p)-->() } AS n
      """
    Then a SyntaxError should be raised at compile time: AmbiguousAggregationExpression
