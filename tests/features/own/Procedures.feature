Feature: Procedures - CALL, and the procedures that come with the engine

  Scenario: Names in use are told in the order in which they first appeared
    Given an empty graph
    And having executed:
      """
      CREATE (:B:A {y: 1})-[:S {z: 1}]->(:C {x: 1})-[:T]->(:A)
      """
    When executing query:
      """
      CALL db.labels() YIELD label
      WITH collect(label) AS labels
      CALL db.relationshipTypes() YIELD relationshipType
      WITH labels, collect(relationshipType) AS types
      CALL db.propertyKeys() YIELD propertyKey
      RETURN size(labels) AS labels, types, collect(propertyKey) AS keys
      """
    Then the result should be (ignoring element order for lists):
      | labels | types      | keys            |
      | 3      | ['S', 'T'] | ['y', 'z', 'x'] |
    And no side effects

  Scenario: Names that were in use and are not any more are not told
    Given an empty graph
    And having executed:
      """
      CREATE (:Gone {gone: 1})-[:GONE {gone: 1}]->(n:Stays:Removed {stays: 1, removed: 2})
      """
    And having executed:
      """
      MATCH (g:Gone), (n:Stays) DETACH DELETE g REMOVE n.removed, n:Removed
      """
    When executing query:
      """
      CALL db.labels() YIELD label AS name RETURN name
      UNION ALL CALL db.relationshipTypes() YIELD relationshipType AS name RETURN name
      UNION ALL CALL db.propertyKeys() YIELD propertyKey AS name RETURN name
      """
    Then the result should be, in order:
      | name    |
      | 'Stays' |
      | 'stays' |

  Scenario: An empty graph has no names, no schema and a procedure that answers
    Given an empty graph
    When executing query:
      """
      CALL db.labels() YIELD label AS x RETURN x
      UNION ALL CALL db.schema.nodeTypeProperties() YIELD nodeType AS x RETURN x
      UNION ALL CALL db.schema.relTypeProperties() YIELD relType AS x RETURN x
      UNION ALL CALL db.schema.visualization() YIELD nodes, relationships RETURN nodes + relationships AS x
      UNION ALL CALL db.ping() YIELD success AS x RETURN x
      """
    Then the result should be, in order:
      | x    |
      | []   |
      | true |

  Scenario: A standalone call has the columns of the procedure
    Given an empty graph
    And having executed:
      """
      CREATE (:B {b: 1, a: 'x'}), (:B {b: 2.5, c: [1]}), (:A:B {d: ['x', 1], e: [], f: {g: 1}}), (:C), ()
      """
    When executing query:
      """
      CALL db.schema.nodeTypeProperties()
      """
    Then the result should be, in order:
      | nodeType   | nodeLabels | propertyName | propertyTypes      | mandatory |
      | ''         | []         | null         | null               | false     |
      | ':`A`:`B`' | ['A', 'B'] | 'd'          | ['AnyArray']       | true      |
      | ':`A`:`B`' | ['A', 'B'] | 'e'          | ['StringArray']    | true      |
      | ':`A`:`B`' | ['A', 'B'] | 'f'          | ['Map']            | true      |
      | ':`B`'     | ['B']      | 'a'          | ['String']         | false     |
      | ':`B`'     | ['B']      | 'b'          | ['Double', 'Long'] | true      |
      | ':`B`'     | ['B']      | 'c'          | ['LongArray']      | false     |
      | ':`C`'     | ['C']      | null         | null               | false     |

  Scenario: Properties of relationships by type
    Given an empty graph
    And having executed:
      """
      CREATE (a)-[:S {x: true, y: 'a'}]->(b), (a)-[:S {x: false}]->(b), (a)-[:`T ``2`]->(b)
      """
    When executing query:
      """
      CALL db.schema.relTypeProperties
      """
    Then the result should be, in order:
      | relType      | propertyName | propertyTypes | mandatory |
      | ':`S`'       | 'x'          | ['Boolean']   | true      |
      | ':`S`'       | 'y'          | ['String']    | false     |
      | ':`T ``2`'   | null         | null          | false     |

  Scenario: The same by Memgraph's names
    Given an empty graph
    And having executed:
      """
      CREATE (:A {x: 1, y: [1]})-[:T {z: 0.5}]->(:A {x: 1})
      """
    When executing query:
      """
      CALL schema.node_type_properties() YIELD nodeType AS type, propertyName AS name, propertyTypes AS types, mandatory
      RETURN *
      UNION ALL
      CALL schema.rel_type_properties() YIELD relType AS type, propertyName AS name, propertyTypes AS types, mandatory
      RETURN *
      """
    Then the result should be, in order:
      | mandatory | name | type   | types     |
      | true      | 'x'  | ':`A`' | ['Int']   |
      | false     | 'y'  | ':`A`' | ['List']  |
      | true      | 'z'  | ':`T`' | ['Float'] |

  Scenario: The graph of labels and types
    Given an empty graph
    And having executed:
      """
      CREATE (:A)-[:S]->(:B), (:A:C)-[:S]->(:B), (:B)-[:T]->(), (:D)
      """
    When executing query:
      """
      CALL db.schema.visualization()
      """
    Then the result should be (ignoring element order for lists):
      | nodes                                                                                                                                                                                                  | relationships                          |
      | [(:A {name: 'A', indexes: [], constraints: []}), (:B {name: 'B', indexes: [], constraints: []}), (:C {name: 'C', indexes: [], constraints: []}), (:D {name: 'D', indexes: [], constraints: []})] | [[:S {name: 'S'}], [:S {name: 'S'}]] |

  Scenario: A query sees its own changes in what procedures tell
    Given an empty graph
    And having executed:
      """
      CREATE (:Old {a: 1})
      """
    When executing query:
      """
      MATCH (n:Old)
      SET n:New, n.b = 2.5
      REMOVE n:Old, n.a
      WITH n
      CALL db.schema.nodeTypeProperties() YIELD nodeType, propertyName, propertyTypes
      RETURN nodeType, propertyName, propertyTypes
      """
    Then the result should be, in any order:
      | nodeType | propertyName | propertyTypes |
      | ':`New`' | 'b'          | ['Double']    |

  Scenario: WHERE behind YIELD sees the fields and what was bound before
    Given an empty graph
    And having executed:
      """
      CREATE (:A), (:B), (:C)
      """
    When executing query:
      """
      UNWIND ['B', 'C', 'D'] AS wanted
      CALL db.labels() YIELD label AS found WHERE found = wanted
      RETURN wanted, found
      """
    Then the result should be, in order:
      | wanted | found |
      | 'B'    | 'B'   |
      | 'C'    | 'C'   |

  Scenario: A standalone call with WHERE
    Given an empty graph
    And having executed:
      """
      CREATE (:A), (:B)
      """
    When executing query:
      """
      CALL db.labels() YIELD label AS l WHERE l <> 'A'
      """
    Then the result should be, in any order:
      | l   |
      | 'B' |

  Scenario: Procedures and functions that are there
    Given any graph
    When executing query:
      """
      CALL mg.procedures() YIELD name, signature, is_write WHERE name IN ['mg.procedures', 'db.labels']
      RETURN name, signature, is_write
      UNION ALL
      CALL mg.functions() YIELD name, signature WHERE name IN ['count', 'all']
      RETURN name, signature, false AS is_write
      """
    Then the result should be, in order:
      | name            | signature                                                                                                                              | is_write |
      | 'db.labels'     | 'db.labels() :: (label :: STRING)'                                                                                                     | false    |
      | 'mg.procedures' | 'mg.procedures() :: (is_editable :: BOOLEAN, is_write :: BOOLEAN, name :: STRING, path :: STRING, signature :: STRING)'                | false    |
      | 'all'           | 'all(variable IN list WHERE predicate) :: BOOLEAN'                                                                                     | false    |
      | 'count'         | 'count(value :: ANY) :: INTEGER'                                                                                                       | false    |

  Scenario: Void procedures keep the rows
    Given any graph
    When executing query:
      """
      UNWIND [1, 2] AS x CALL db.awaitIndexes(x) RETURN x
      """
    Then the result should be, in order:
      | x |
      | 1 |
      | 2 |

  Scenario: Null is no argument for what does not take it
    Given any graph
    When executing query:
      """
      CALL db.awaitIndexes(null)
      """
    Then a TypeError should be raised at runtime: InvalidArgumentType

  Scenario: A version by which clients decide
    Given any graph
    When executing query:
      """
      CALL dbms.components() YIELD name, versions, edition RETURN name, versions[0] STARTS WITH '5.' AS five, edition
      """
    Then the result should be, in order:
      | name           | five | edition     |
      | 'Neo4j Kernel' | true | 'community' |

  Scenario: A procedure that nobody knows
    Given any graph
    When executing query:
      """
      CALL db.lables()
      """
    Then a ProcedureError should be raised at compile time: ProcedureNotFound

  Scenario: A field that nobody knows
    Given any graph
    When executing query:
      """
      CALL db.labels() YIELD labels RETURN labels
      """
    Then a SyntaxError should be raised at compile time: UndefinedVariable

  Scenario: A call within a query needs a YIELD
    Given any graph
    When executing query:
      """
      MATCH (n) CALL db.labels() RETURN n
      """
    Then a SyntaxError should be raised at compile time: UndefinedVariable

  Scenario: OPTIONAL CALL keeps the rows for which a procedure gives nothing
    Given any graph
    And there exists a procedure test.capital(land :: STRING?) :: (city :: STRING?, code :: INTEGER?):
      | land     | city     | code |
      | 'Sweden' | 'Umeå'   | 46   |
      | 'Sweden' | 'Malmö'  | 46   |
      | 'Norway' | 'Bergen' | 47   |
    When executing query:
      """
      UNWIND ['Sweden', 'Norway', 'Atlantis'] AS land
      OPTIONAL CALL test.capital(land) YIELD city AS name, code WHERE name > 'C'
      RETURN land, name, code
      """
    Then the result should be, in any order:
      | land       | name    | code |
      | 'Sweden'   | 'Umeå'  | 46   |
      | 'Sweden'   | 'Malmö' | 46   |
      | 'Norway'   | null    | null |
      | 'Atlantis' | null    | null |

  Scenario: OPTIONAL CALL as a whole statement gives one row of nulls in place of none
    Given any graph
    And there exists a procedure test.capital(land :: STRING?) :: (city :: STRING?, code :: INTEGER?):
      | land     | city   | code |
      | 'Sweden' | 'Umeå' | 46   |
    When executing query:
      """
      OPTIONAL CALL test.capital('Atlantis')
      """
    Then the result should be, in order:
      | city | code |
      | null | null |

  Scenario: OPTIONAL CALL of a procedure that gives nothing is a call like any other
    Given any graph
    And there exists a procedure test.nothing() :: ():
      |
    When executing query:
      """
      UNWIND [1, 2] AS x OPTIONAL CALL test.nothing() RETURN x
      """
    Then the result should be, in order:
      | x |
      | 1 |
      | 2 |

  Scenario: What OPTIONAL CALL takes needs a name that is free
    Given any graph
    When executing query:
      """
      WITH 1 AS label OPTIONAL CALL db.labels() YIELD label RETURN label
      """
    Then a SyntaxError should be raised at compile time: VariableAlreadyBound

  Scenario: YIELD - takes nothing of what a procedure gives, but for how often
    Given an empty graph
    And there exists a procedure test.cities(land :: STRING?) :: (city :: STRING?, code :: INTEGER?):
      | land | city     | code |
      | 'DE' | 'Berlin' | 1    |
      | 'DE' | 'Malmö'  | 2    |
      | 'SE' | 'Lund'   | 3    |
    When executing query:
      """
      UNWIND ['DE', 'FR', 'SE'] AS land
      CALL test.cities(land) YIELD -
      RETURN land, count(*) AS times
      """
    Then the result should be, in any order:
      | land | times |
      | 'DE' | 2     |
      | 'SE' | 1     |
    And no side effects

  Scenario: Alone, a call with YIELD - has no result
    Given an empty graph
    When executing query:
      """
      CALL db.labels() YIELD -
      """
    Then the result should be empty
    And no side effects

  Scenario: A void procedure may be called with YIELD -
    Given an empty graph
    And there exists a procedure test.nothing() :: ():
      |
    When executing query:
      """
      UNWIND [1, 2] AS i CALL test.nothing() YIELD - RETURN i
      """
    Then the result should be, in order:
      | i |
      | 1 |
      | 2 |
    And no side effects

  Scenario: OPTIONAL CALL and YIELD - do not go together
    Given an empty graph
    When executing query:
      """
      UNWIND [1, 2] AS i OPTIONAL CALL db.labels() YIELD - RETURN i
      """
    Then a SyntaxError should be raised at compile time: UnexpectedSyntax
