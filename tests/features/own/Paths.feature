Feature: Paths

  Background:
    Given an empty graph
    And having executed:
      """
      CREATE (a:City {name: 'A'})-[:ROAD {km: 1}]->(b:City {name: 'B'})-[:ROAD {km: 1}]->(c:City {name: 'C'}),
             (a)-[:ROAD {km: 3}]->(c)-[:ROAD {km: 2}]->(d:Town {name: 'D'}), (b)-[:RAIL {km: 9}]->(d)
      """

  Scenario: The lightest walk may be the longer one
    When executing query:
      """
      MATCH p = (:City {name: 'A'})-[*WSHORTEST (e, n | e.km) total]->(x)
      RETURN [n IN nodes(p) | n.name] AS way, total
      """
    Then the result should be, in any order:
      | way                  | total |
      | ['A', 'B']           | 1     |
      | ['A', 'B', 'C']      | 2     |
      | ['A', 'B', 'C', 'D'] | 4     |

  Scenario: All the lightest walks
    When executing query:
      """
      MATCH p = (:City {name: 'A'})-[:ROAD *ALLSHORTEST (e, n | 1) total]->(:City {name: 'C'})
      RETURN [n IN nodes(p) | n.name] AS way, total
      """
    Then the result should be, in any order:
      | way        | total |
      | ['A', 'C'] | 1     |

  Scenario: The first walks in order
    When executing query:
      """
      MATCH (a:City {name: 'A'}), (d:Town) MATCH p = (a)-[*KSHORTEST | 2 (e, n | e.km) total]->(d)
      RETURN [n IN nodes(p) | n.name] AS way, total
      """
    Then the result should be, in order:
      | way                  | total |
      | ['A', 'B', 'C', 'D'] | 4     |
      | ['A', 'C', 'D']      | 5     |

  Scenario: A weight below zero is refused
    When executing query:
      """
      MATCH (:City {name: 'A'})-[*WSHORTEST (e, n | e.km - 2) total]->(x) RETURN total
      """
    Then a ArgumentError should be raised at runtime: NumberOutOfRange

  Scenario: Variables inside a quantified path are lists outside
    When executing query:
      """
      MATCH (:City {name: 'A'}) ((x)-[r:ROAD]->(y) WHERE r.km < 3){1,3} (end)
      RETURN [n IN x | n.name] AS xs, [n IN y | n.name] AS ys, [e IN r | e.km] AS kms, end.name AS last
      """
    Then the result should be, in any order:
      | xs              | ys              | kms       | last |
      | ['A']           | ['B']           | [1]       | 'B'  |
      | ['A', 'B']      | ['B', 'C']      | [1, 1]    | 'C'  |
      | ['A', 'B', 'C'] | ['B', 'C', 'D'] | [1, 1, 2] | 'D'  |

  Scenario: A quantified path of no repetition stays where it is
    When executing query:
      """
      MATCH (s:Town) ((x)-[r]->(y))* (e) RETURN s = e AS same, x, r, y
      """
    Then the result should be, in any order:
      | same | x  | r  | y  |
      | true | [] | [] | [] |

  Scenario: Relationships are unique over the whole MATCH
    When executing query:
      """
      MATCH (a:City {name: 'A'})-[q]->(b)-->*(c), (a)-[r]->(b) RETURN count(*) AS n
      """
    Then the result should be, in any order:
      | n |
      | 0 |

  Scenario: The variables beside a quantified path are unknown inside
    When executing query:
      """
      MATCH (a) ((x)-->(y) WHERE x.name > a.name)+ (b) RETURN b
      """
    Then a SyntaxError should be raised at compile time: UndefinedVariable

  Scenario: A variable inside a quantified path has to be new
    When executing query:
      """
      MATCH (a) ((a)-->(b))+ (c) RETURN c
      """
    Then a SyntaxError should be raised at compile time: VariableAlreadyBound

  Scenario: Quantified paths cannot be created
    When executing query:
      """
      CREATE (a) ((x)-[:ROAD]->(y)){2} (b)
      """
    Then a SyntaxError should be raised at compile time: CreatingVarLength

  Scenario: The shortest paths between each two ends
    When executing query:
      """
      MATCH p = SHORTEST 2 (:City {name: 'A'})-->+(:Town) RETURN length(p) AS length
      """
    Then the result should be, in any order:
      | length |
      | 2      |
      | 2      |

  Scenario: All the shortest paths, and conditions on what they are
    When executing query:
      """
      MATCH p = ALL SHORTEST ((:City {name: 'A'})-[r]->+(:Town) WHERE all(e IN r WHERE e:ROAD))
      RETURN [n IN nodes(p) | n.name] AS way
      """
    Then the result should be, in any order:
      | way             |
      | ['A', 'C', 'D'] |

  Scenario: WHERE looks at what was selected
    When executing query:
      """
      MATCH p = ANY SHORTEST (:City {name: 'A'})-->+(x) WHERE length(p) > 1 RETURN x.name AS name
      """
    Then the result should be, in any order:
      | name |
      | 'D'  |

  Scenario: One path beside a selected one is too many
    When executing query:
      """
      MATCH SHORTEST 1 (a)-->+(b), (c) RETURN c
      """
    Then a SyntaxError should be raised at compile time: UnexpectedSyntax

  Scenario: WHERE inside a walk is about each relationship
    When executing query:
      """
      MATCH (:City {name: 'A'})-[r:ROAD*1..3 WHERE r.km < 3]->(x) RETURN x.name AS name, size(r) AS steps
      """
    Then the result should be, in any order:
      | name | steps |
      | 'B'  | 1     |
      | 'C'  | 2     |
      | 'D'  | 3     |

  Scenario Outline: Label expressions
    When executing query:
      """
      MATCH (n <labels>) RETURN count(n) AS n
      """
    Then the result should be, in any order:
      | n       |
      | <count> |

    Examples:
      | labels       | count |
      | :City\|Town  | 4     |
      | :City&Town   | 0     |
      | :!City       | 1     |
      | :%           | 4     |
      | :!%          | 0     |
      | IS Town      | 1     |
      | :(!City&%)   | 1     |

  Scenario: A shortest path is a value, or null
    When executing query:
      """
      MATCH (a:City {name: 'A'}), (x) RETURN x.name AS name, length(shortestPath((a)-[:ROAD*]->(x))) AS length
      """
    Then the result should be, in any order:
      | name | length |
      | 'A'  | null   |
      | 'B'  | 1      |
      | 'C'  | 1      |
      | 'D'  | 2      |
