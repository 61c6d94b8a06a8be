Feature: Conditionals - CASE with several values and with tests

  Scenario: Several values share a branch
    Given any graph
    When executing query:
      """
      UNWIND [1, 2, 3, null] AS x
      RETURN x, CASE x WHEN 1, 2 THEN 'few' ELSE 'many' END AS y
      """
    Then the result should be, in order:
      | x    | y      |
      | 1    | 'few'  |
      | 2    | 'few'  |
      | 3    | 'many' |
      | null | 'many' |

  Scenario: Tests without a left side are about the subject
    Given any graph
    When executing query:
      """
      UNWIND [-1, 0, 5, 20, 'abc', 'xyz', null, [1], true] AS x
      RETURN CASE x
        WHEN IS NULL THEN 'null'
        WHEN < 0, = 0 THEN 'not positive'
        WHEN >= 10 THEN 'large'
        WHEN IS :: INTEGER THEN 'small'
        WHEN STARTS WITH 'a' THEN 'a…'
        WHEN =~ '[xyz]+' THEN 'x to z'
        WHEN IN [[1], [2]] THEN 'listed'
        ELSE 'other'
      END AS y
      """
    Then the result should be, in order:
      | y              |
      | 'not positive' |
      | 'not positive' |
      | 'small'        |
      | 'large'        |
      | 'a…'           |
      | 'x to z'       |
      | 'null'         |
      | 'listed'       |
      | 'other'        |

  Scenario: The subject is evaluated once
    Given any graph
    When executing query:
      """
      UNWIND range(1, 100) AS i
      WITH CASE rand() WHEN < 0.5 THEN 'low' WHEN >= 0.5 THEN 'high' ELSE 'neither' END AS side
      WITH DISTINCT side WHERE side = 'neither'
      RETURN count(*) AS neither
      """
    Then the result should be, in any order:
      | neither |
      | 0       |

  Scenario: The subject of an inner CASE is its own
    Given any graph
    When executing query:
      """
      UNWIND [1, 5] AS x
      RETURN CASE x WHEN > CASE x + 1 WHEN > 3 THEN 4 ELSE 0 END THEN CASE 'in' WHEN CONTAINS 'n' THEN x END END AS y
      """
    Then the result should be, in order:
      | y |
      | 1 |
      | 5 |

  Scenario: The subject may be an aggregation
    Given any graph
    When executing query:
      """
      UNWIND [1, 2, 3] AS x
      RETURN CASE count(*) WHEN > 2 THEN max(x) ELSE 0 END AS y
      """
    Then the result should be, in any order:
      | y |
      | 3 |

  Scenario Outline: What needs a subject is refused without one
    Given any graph
    When executing query:
      """
      RETURN CASE <branch> THEN 1 END AS x
      """
    Then a SyntaxError should be raised at compile time: UnexpectedSyntax

    Examples:
      | branch           |
      | WHEN > 1         |
      | WHEN IS NULL     |
      | WHEN true, false |
      | 1 WHEN > 1 AND < 3 |
