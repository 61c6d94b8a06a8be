Feature: Batches - CALL { … } IN TRANSACTIONS, and what becomes of batches that fail

  Scenario Outline: A batch that fails is undone, and its rows come with nulls
    Given an empty graph
    When executing query:
      """
      UNWIND [1, 0, 2, 4] AS i
      CALL (i) { CREATE (n:N {x: 100 / i}) RETURN n }
      IN TRANSACTIONS OF <size> ROWS ON ERROR <behaviour>
      RETURN i, n.x AS x
      """
    Then the result should be, in order:
      | i | x   |
      | 1 | <a> |
      | 0 | <b> |
      | 2 | <c> |
      | 4 | <d> |
    And the side effects should be:
      | +nodes      | <made> |
      | +labels     | 1      |
      | +properties | <made> |

    Examples:
      | size | behaviour | a    | b    | c    | d  | made |
      | 1    | CONTINUE  | 100  | null | 50   | 25 | 3    |
      | 2    | CONTINUE  | null | null | 50   | 25 | 2    |
      | 3    | CONTINUE  | null | null | null | 25 | 1    |
      | 1    | BREAK     | 100  | null | null | null | 1    |

  Scenario: Where all batches fail nothing has happened
    Given an empty graph
    When executing query:
      """
      UNWIND [1, 0, 2] AS i
      CALL (i) { CREATE (n:N {x: 100 / i}) RETURN n }
      IN TRANSACTIONS OF 2 ROWS ON ERROR BREAK
      RETURN i, n.x AS x
      """
    Then the result should be, in order:
      | i | x    |
      | 1 | null |
      | 0 | null |
      | 2 | null |
    And no side effects

  Scenario: The status says what became of the batch of a row
    Given an empty graph
    When executing query:
      """
      UNWIND [1, 0, 2, 4] AS i
      CALL (i) { CREATE (n:N {x: 100 / i}) RETURN n }
      IN TRANSACTIONS OF 1 ROW ON ERROR BREAK REPORT STATUS AS s
      RETURN n.x AS x, s.started AS started, s.committed AS committed, s.errorMessage AS error,
        s.transactionId IS NOT NULL AS known, size(keys(s)) AS keys
      """
    Then the result should be, in order:
      | x    | started | committed | error               | known | keys |
      | 100  | true    | true      | null                | true  | 4    |
      | null | true    | false     | 'Division by zero.' | true  | 4    |
      | null | false   | false     | null                | false | 4    |
      | null | false   | false     | null                | false | 4    |
    And the side effects should be:
      | +nodes      | 1 |
      | +labels     | 1 |
      | +properties | 1 |

  Scenario: Every batch has a transaction of its own, and its rows tell which
    Given an empty graph
    When executing query:
      """
      UNWIND range(1, 10) AS i
      CALL (i) { CREATE () } IN TRANSACTIONS OF 4 ROWS REPORT STATUS AS s ON ERROR CONTINUE
      WITH s.transactionId AS id, collect(i) AS batch
      RETURN batch
      """
    Then the result should be, in any order:
      | batch        |
      | [1, 2, 3, 4] |
      | [5, 6, 7, 8] |
      | [9, 10]      |
    And the side effects should be:
      | +nodes | 10 |

  Scenario: A subquery without RETURN lets every row go on once
    Given an empty graph
    When executing query:
      """
      UNWIND [1, 0, 2] AS i
      CALL (i) { CREATE (:N {x: 4 / i}) } IN TRANSACTIONS OF 1 ROW ON ERROR CONTINUE REPORT STATUS AS s
      WITH i, s WHERE NOT s.committed
      RETURN i, s.errorMessage AS error
      """
    Then the result should be, in order:
      | i | error               |
      | 0 | 'Division by zero.' |
    And the side effects should be:
      | +nodes      | 2 |
      | +labels     | 1 |
      | +properties | 2 |

  Scenario: Rows for which a batch that succeeds finds nothing do not come out
    Given an empty graph
    When executing query:
      """
      UNWIND [1, 2, 0, 3] AS i
      CALL (i) { UNWIND range(1, 6 / i) AS x WITH x WHERE x > 2 RETURN x }
      IN TRANSACTIONS OF 1 ROW ON ERROR CONTINUE
      RETURN i, collect(x) AS xs
      """
    Then the result should be, in order:
      | i | xs           |
      | 1 | [3, 4, 5, 6] |
      | 2 | [3]          |
      | 0 | []           |
    And no side effects

  Scenario: A subquery that has nothing to do with the rows fails for each batch
    Given an empty graph
    When executing query:
      """
      UNWIND [1, 2] AS i
      CALL { RETURN 1 / 0 AS y } IN TRANSACTIONS OF 1 ROW ON ERROR CONTINUE REPORT STATUS AS s
      RETURN i, y, s.errorMessage AS error
      """
    Then the result should be, in order:
      | i | y    | error               |
      | 1 | null | 'Division by zero.' |
      | 2 | null | 'Division by zero.' |
    And no side effects

  Scenario: An error that only shows at the end of a batch is the batch's
    Given an empty graph
    And having executed:
      """
      CREATE (:N {i: 1})-[:R]->(:N {i: 2}), (:N {i: 3})
      """
    When executing query:
      """
      MATCH (n:N) WITH n ORDER BY n.i
      CALL (n) { DELETE n } IN TRANSACTIONS OF 1 ROW ON ERROR CONTINUE REPORT STATUS AS s
      WITH s WHERE s.committed
      RETURN count(*) AS deleted
      """
    Then the result should be, in order:
      | deleted |
      | 1       |
    And the side effects should be:
      | -nodes      | 1 |
      | -properties | 1 |

  Scenario: What failed is not seen by later batches, what was committed is
    Given an empty graph
    When executing query:
      """
      UNWIND [1, 2, 0, 4] AS i
      CALL (i) { MERGE (c:Counter) SET c.x = coalesce(c.x, 0) + 8 / i RETURN c.x AS x }
      IN TRANSACTIONS OF 1 ROW ON ERROR CONTINUE
      RETURN i, x
      """
    Then the result should be, in order:
      | i | x    |
      | 1 | 8    |
      | 2 | 12   |
      | 0 | null |
      | 4 | 14   |
    And the side effects should be:
      | +nodes      | 1 |
      | +labels     | 1 |
      | +properties | 1 |

  Scenario: Batches may be said to be concurrent
    Given an empty graph
    And parameters are:
      | n | 2 |
    When executing query:
      """
      UNWIND range(1, 10) AS i
      CALL (i) { CREATE (n:N {x: i}) RETURN n } IN $n CONCURRENT TRANSACTIONS OF 3 ROWS ON ERROR FAIL
      RETURN sum(n.x) AS sum
      """
    Then the result should be, in any order:
      | sum |
      | 55  |
    And the side effects should be:
      | +nodes      | 10 |
      | +labels     | 1  |
      | +properties | 10 |

  Scenario: What does not pass by itself is not tried again
    Given an empty graph
    When executing query:
      """
      UNWIND [1, 0, 2] AS i
      CALL (i) { RETURN 2 / i AS x } IN TRANSACTIONS OF 1 ROW ON ERROR RETRY FOR 100 SECONDS
      RETURN i, x
      """
    Then the result should be, in order:
      | i | x    |
      | 1 | 2    |
      | 0 | null |
      | 2 | 1    |
    And no side effects

  Scenario: RETRY may end in failure
    Given an empty graph
    When executing query:
      """
      UNWIND [1, 0, 2] AS i
      CALL (i) { RETURN 2 / i AS x } IN TRANSACTIONS OF 1 ROW ON ERROR RETRY 0.5 SEC THEN FAIL
      RETURN i, x
      """
    Then a ArithmeticError should be raised at runtime: DivideByZero

  Scenario Outline: A status is of use only where the query goes on
    Given an empty graph
    When executing query:
      """
      UNWIND [1] AS i CALL (i) { CREATE () } IN TRANSACTIONS REPORT STATUS AS s <on_error> RETURN s
      """
    Then a SyntaxError should be raised at compile time: InvalidClauseComposition

    Examples:
      | on_error                  |
      |                           |
      | ON ERROR FAIL             |
      | ON ERROR RETRY THEN FAIL  |

  Scenario: The name of the status is a new one
    Given an empty graph
    When executing query:
      """
      UNWIND [1] AS i CALL (i) { CREATE () } IN TRANSACTIONS ON ERROR CONTINUE REPORT STATUS AS i RETURN i
      """
    Then a SyntaxError should be raised at compile time: VariableAlreadyBound

  Scenario: Nothing is said twice
    Given an empty graph
    When executing query:
      """
      UNWIND [1] AS i CALL (i) { CREATE () } IN TRANSACTIONS OF 1 ROW ON ERROR CONTINUE OF 2 ROWS RETURN i
      """
    Then a SyntaxError should be raised at compile time: UnexpectedSyntax

  Scenario: The time of RETRY is a number
    Given an empty graph
    And parameters are:
      | time | 'long' |
    When executing query:
      """
      UNWIND [1] AS i CALL (i) { CREATE () } IN TRANSACTIONS ON ERROR RETRY FOR $time SECONDS RETURN i
      """
    Then a SyntaxError should be raised at runtime: InvalidArgumentType

  Scenario: The words of it are names everywhere else
    Given an empty graph
    When executing query:
      """
      WITH 1 AS error, 2 AS report, 3 AS status, 4 AS continue, 5 AS break, 6 AS fail, 7 AS retry, 8 AS concurrent,
        9 AS seconds
      CALL (error) { CREATE (:Report {status: error}) } IN TRANSACTIONS REPORT STATUS AS sec ON ERROR CONTINUE
      RETURN error + report + status + continue + break + fail + retry + concurrent + seconds AS sum, sec.committed AS ok
      """
    Then the result should be, in any order:
      | sum | ok   |
      | 45  | true |
    And the side effects should be:
      | +nodes      | 1 |
      | +labels     | 1 |
      | +properties | 1 |
