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

  Scenario Outline: What is left of what was deleted
    Given an empty graph
    And having executed:
      """
      CREATE (:A {p: 1})-[:T {p: 2}]->(:B), (:Z {p: 3})
      """
    When executing query:
      """
      MATCH path = (a:A)-[r:T]->(b:B), (n:Z) SET r.p = 4 DELETE r, n RETURN <value> AS x
      """
    Then the result should be, in any order:
      | x        |
      | <result> |
    And the side effects should be:
      | -nodes         | 1 |
      | -relationships | 1 |
      | -labels        | 1 |
      | -properties    | 2 |

    Examples:
      | value                                              | result                         |
      | r                                                  | [:T]                           |
      | n                                                  | ()                             |
      | [type(r), r:T, r:S\|T, r:!T, r:$('T')]             | ['T', true, true, false, true] |
      | [x IN relationships(path) WHERE x:T]               | [[:T]]                         |
      | [startNode(r), endNode(r)]                         | [(:A {p: 1}), (:B)]            |
      | [id(r) IS :: INTEGER, elementId(n) IS :: STRING]   | [true, true]                   |
      | [n = n, n = a, n IN [a, n], n IS :: NODE, n IS NULL] | [true, false, true, true, false] |
      | [n:Z, n:!Z]                                        | [false, false]                 |
      | COUNT { (a)-[r]->(b) } + COUNT { (a)-[:T]->(b) }   | 0                              |
      | length(path)                                       | 1                              |

  Scenario Outline: What is not left of what was deleted
    Given an empty graph
    And having executed:
      """
      CREATE (:A {p: 1})-[:T {p: 2}]->(:B), (:Z {p: 3})
      """
    When executing query:
      """
      MATCH (a:A)-[r:T]->(b:B), (n:Z) DELETE r, n RETURN <value> AS x
      """
    Then a EntityNotFound should be raised at runtime: DeletedEntityAccess

    Examples:
      | value              |
      | labels(n)          |
      | n.p                |
      | n['p']             |
      | keys(n)            |
      | properties(n)      |
      | values(n)          |
      | n {.p}             |
      | n {.*}             |
      | degree(n)          |
      | propertySize(n, 'p') |
      | r.p                |
      | r['p']             |
      | keys(r)            |
      | properties(r)      |
      | r {.*}             |
