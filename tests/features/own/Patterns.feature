Feature: Patterns - where a pattern may stand, and what it may say

  Scenario Outline: A pattern says yes or no, and stands for no other value
    Given any graph
    When executing query:
      """
      <query>
      """
    Then a SyntaxError should be raised at compile time: UnexpectedSyntax

    Examples:
      | query                                                           |
      | MATCH (x) SET x.y = (x)-->()                                    |
      | MATCH (x) RETURN x ORDER BY (x)-->()                            |
      | MATCH (x) RETURN {y: (x)-->()} AS m                             |
      | MATCH (x) RETURN x {y: (x)-->()} AS m                           |
      | MATCH (x) RETURN [y IN [1] \| (x)-->()] AS l                    |
      | MATCH (x) RETURN CASE WHEN true THEN (x)-->() ELSE false END AS c |
      | MATCH (x) RETURN CASE true WHEN (x)-->() THEN 1 END AS c        |
      | MATCH (x) RETURN reduce(t = true, y IN [1] \| (x)-->()) AS t    |
      | MATCH (x) UNWIND (x)-->() AS y RETURN y                         |
      | MATCH (x) CREATE ({y: (x)-->()})                                |
      | MATCH (x) WHERE (x)-->() = true RETURN x                        |

  Scenario: Where yes or no is asked, and in exists, a pattern may stand
    Given an empty graph
    And having executed:
      """
      CREATE (:A)-[:T]->(:B)
      """
    When executing query:
      """
      MATCH (x)
      SET x.out = exists((x)-->())
      WITH x ORDER BY exists((x)-->())
      RETURN labels(x) AS l, x.out AS out, NOT (x)-->() AS not, CASE WHEN (x)-->() THEN 1 ELSE 2 END AS c
      """
    Then the result should be, in order:
      | l     | out   | not   | c |
      | ['B'] | false | true  | 2 |
      | ['A'] | true  | false | 1 |
    And the side effects should be:
      | +properties | 2 |
