Feature: Updates - writing clauses one behind the other

  Scenario: MERGE behind clauses that bind names nobody uses
    Given an empty graph
    When executing query:
      """
      CREATE (:X), (:X)-[:T]->()
      MERGE (:X)
      MERGE (:Y {k: 1})
      MERGE (:Y {k: 1})
      """
    Then the result should be empty
    And the side effects should be:
      | +nodes         | 4 |
      | +relationships | 1 |
      | +labels        | 2 |
      | +properties    | 1 |

  Scenario: A CREATE does not see what the same clause makes for other rows, but all that the clause before it made
    Given an empty graph
    When executing query:
      """
      UNWIND [1, 2] AS i
      CREATE (a:A {i: i})
      CREATE (:B {count: COUNT { (:A) }, others: COUNT { (:B) }})
      WITH count(*) AS rows
      MATCH (b:B)
      RETURN b.count AS count, b.others AS others
      """
    Then the result should be, in any order:
      | count | others |
      | 2     | 0      |
      | 2     | 0      |

  Scenario: Other words for CREATE and DELETE, and the dialect said
    Given an empty graph
    When executing query:
      """
      CYPHER 5 runtime=slotted planner=cost
      INSERT (a:A {x: 1})-[:T]->(b:B)
      WITH a, b MATCH (a)-[r:T]->(b)
      NODETACH DELETE r, b
      RETURN a.x AS x
      """
    Then the result should be, in order:
      | x |
      | 1 |
    And the side effects should be:
      | +nodes      | 1 |
      | +labels     | 1 |
      | +properties | 1 |
