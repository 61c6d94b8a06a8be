Feature: Enums - enumerations, as Memgraph has them

  # Enumerations are never removed: over Bolt those of one scenario are there in the next.

  Scenario: Values are made, compared and described
    Given any graph
    And having executed:
      """
      CREATE ENUM Light VALUES { Red, Yellow, Green }
      """
    When executing query:
      """
      WITH Light::Red AS red
      RETURN toString(red) AS text, valueType(red) AS type, red = Light::Red AS same, red = Light::Green AS other,
             red = 'Light::Red' AS string, red <> toEnum('Light::Green') AS unequal, red = toEnum('Light', 'Red') AS made,
             red < Light::Green AS less, red IN [Light::Green, Light::Red] AS found, red IS NULL AS isNull,
             red IS :: ANY NOT NULL AS any, red IS :: STRING AS isString, red IS :: PROPERTY VALUE AS storable,
             toStringList([red, 1, null]) AS texts, toEnum(null) AS null1, toEnum('Light', null) AS null2, 'a' + toString(red) AS sum
      """
    Then the result should be, in order:
      | text         | type            | same | other | string | unequal | made | less | found | isNull | any  | isString | storable | texts                     | null1 | null2 | sum           |
      | 'Light::Red' | 'ENUM NOT NULL' | true | false | false  | true    | true | null | true  | false  | true | false    | true     | ['Light::Red', '1', null] | null  | null  | 'aLight::Red' |

  Scenario: Values have a place in the order, and fall into groups
    Given any graph
    And having executed:
      """
      CREATE ENUM Size VALUES { Small, Large }
      """
    When executing query:
      """
      UNWIND [1, 'a', Size::Small, null, true, Size::Large, duration('P1D'), Size::Small] AS x
      WITH x, count(*) AS n ORDER BY x
      RETURN collect(toString(x)) AS texts, collect(n) AS counts, toString(max([Size::Small, x])[0]) AS greatest
      """
    Then the result should be, in order:
      | texts                                                  | counts                | greatest     |
      | ['P1D', 'Size::Large', 'Size::Small', 'a', 'true', '1'] | [1, 1, 2, 1, 1, 1, 1] | 'Size::Small' |

  Scenario: Names in backticks, and names that are words of the language
    Given any graph
    And having executed:
      """
      CREATE ENUM `Kind of` VALUES { `a b`, `List`, Null, Integer, `b``c` }
      """
    And having executed:
      """
      CREATE ENUM `null` VALUES { Null }
      """
    When executing query:
      """
      RETURN [x IN [`Kind of`::`a b`, `Kind of`::`List`, `Kind of`::Null, `Kind of`::`Integer`, `null`::Null] | toString(x)] AS texts,
             toString(`Kind of`::`b``c`) AS tick
      """
    Then the result should be, in order:
      | texts                                                                                        | tick             |
      | ['Kind of::a b', 'Kind of::List', 'Kind of::Null', 'Kind of::Integer', 'null::Null'] | 'Kind of::b`c' |

  Scenario: Two colons before a type ask for it
    Given any graph
    When executing query:
      """
      WITH 1 AS x
      RETURN x :: INTEGER AS a, x::FLOAT AS b, x::INTEGER|FLOAT AS c, [y IN [x] WHERE y::INTEGER | y] AS d
      """
    Then the result should be, in order:
      | a    | b     | c    | d   |
      | true | false | true | [1] |

  Scenario: Values are stored in properties, found and renamed
    Given an empty graph
    And having executed:
      """
      CREATE ENUM Phase VALUES { Solid, Liquid }
      """
    And having executed:
      """
      CREATE INDEX ON :Matter(phase)
      """
    And having executed:
      """
      CREATE (:Matter {phase: Phase::Liquid, i: 1})-[:BECOMES {to: Phase::Liquid, via: [Phase::Solid, {x: [Phase::Liquid]}]}]->
             (:Matter {phase: Phase::Solid, i: 2}), (:Matter {phase: 'Phase::Liquid', i: 3})
      """
    And having executed:
      """
      ALTER ENUM Phase ADD VALUE Gas
      """
    And having executed:
      """
      ALTER ENUM Phase UPDATE VALUE Liquid TO Fluid
      """
    When executing query:
      """
      MATCH (n:Matter {phase: Phase::Fluid})-[r]->(m)
      RETURN n.i AS i, toString(n.phase) AS phase, toString(m.phase) AS other, toString(r.to) AS to,
             toString(r.via[0]) AS first, toString(r.via[1].x[0]) AS second, toString(toEnum('Phase::Gas')) AS added
      """
    Then the result should be, in order:
      | i | phase          | other          | to             | first          | second         | added        |
      | 1 | 'Phase::Fluid' | 'Phase::Solid' | 'Phase::Fluid' | 'Phase::Solid' | 'Phase::Fluid' | 'Phase::Gas' |
    When executing query:
      """
      MATCH (n:Matter) WHERE n.phase IN [Phase::Solid, Phase::Gas, 'Phase::Liquid'] RETURN n.i AS i ORDER BY i
      """
    Then the result should be, in order:
      | i |
      | 2 |
      | 3 |

  Scenario Outline: What there is not is refused when the query runs
    Given any graph
    When executing query:
      """
      RETURN <value> AS x
      """
    Then a ArgumentError should be raised at runtime: NumberOutOfRange

    Examples:
      | value                     |
      | Nosuch::A                 |
      | toEnum('Nosuch::A')       |
      | toEnum('Nosuch', 'A')     |
      | toEnum('A')               |
      | toEnum('')                |
      | [Nosuch::A][1]            |

  Scenario: A value that was renamed is there no more
    Given an empty graph
    And having executed:
      """
      CREATE ENUM Mood VALUES { Glad, Sad }
      """
    And having executed:
      """
      ALTER ENUM Mood UPDATE VALUE Glad TO Happy
      """
    When executing query:
      """
      RETURN Mood::Glad AS x
      """
    Then a ArgumentError should be raised at runtime: NumberOutOfRange

  Scenario Outline: Statements that would make no enumeration
    Given any graph
    And having executed:
      """
      CREATE ENUM Taken<n> VALUES { A, B }
      """
    When executing query:
      """
      <statement>
      """
    Then a ArgumentError should be raised at runtime: InvalidArgumentValue

    Examples:
      | n | statement                                   |
      | 1 | CREATE ENUM Taken1 VALUES { C }             |
      | 2 | CREATE ENUM Taken22 VALUES { C, D, C }      |
      | 3 | CREATE ENUM `Taken:33` VALUES { C }         |
      | 4 | CREATE ENUM Taken44 VALUES { `C::` }        |
      | 5 | ALTER ENUM Taken5 ADD VALUE A               |
      | 6 | ALTER ENUM Taken6 ADD VALUE `:`             |
      | 7 | ALTER ENUM Taken77 ADD VALUE A              |
      | 8 | ALTER ENUM Taken8 UPDATE VALUE C TO D       |
      | 9 | ALTER ENUM Taken9 UPDATE VALUE A TO B       |
      | 10 | ALTER ENUM Taken10 UPDATE VALUE A TO `a:`  |
      | 11 | ALTER ENUM Taken111 UPDATE VALUE A TO B    |

  Scenario Outline: Statements that are not understood
    Given any graph
    When executing query:
      """
      <statement>
      """
    Then a SyntaxError should be raised at compile time: UnexpectedSyntax

    Examples:
      | statement                                 |
      | CREATE ENUM E VALUES { }                  |
      | CREATE ENUM E VALUES { A, }               |
      | CREATE ENUM VALUES { A }                  |
      | ALTER ENUM E DROP VALUE A                 |
      | DROP ENUM E                               |
      | RETURN E::                                |
      | RETURN E::A::B                            |
      | MATCH (n) RETURN n.E::A                   |

  Scenario: The words of the statements are names elsewhere
    Given an empty graph
    When executing query:
      """
      CREATE enum = (alter:ENUM {value: 1, values: 2, add: 3, update: 4})
      WITH enum, alter AS value, 5 AS values, 6 AS add, 7 AS update
      RETURN length(enum) + value.value + values + add + update AS sum
      """
    Then the result should be, in order:
      | sum |
      | 19  |
    And the side effects should be:
      | +nodes      | 1 |
      | +labels     | 1 |
      | +properties | 4 |

  Scenario: A value that is called like a type is meant where there is one
    Given any graph
    And having executed:
      """
      CREATE ENUM Shape VALUES { Point, Path, `Any` }
      """
    When executing query:
      """
      WITH 1 AS Kind, Shape::Point AS point
      RETURN toString(point) AS a, toString(Shape::Path) AS b, Shape::Any = Shape::`Any` AS c, Kind::INTEGER AS d,
             [Shape IN [1] | Shape::Point] AS e, Shape::Point IS :: POINT AS f, point::POINT AS g
      """
    Then the result should be, in order:
      | a              | b             | c    | d    | e       | f     | g     |
      | 'Shape::Point' | 'Shape::Path' | true | true | [false] | false | false |

  Scenario Outline: Without such an enumeration it is a test of a variable, which has to be there
    Given any graph
    When executing query:
      """
      RETURN <test> AS x
      """
    Then a SyntaxError should be raised at compile time: UndefinedVariable

    Examples:
      | test                    |
      | Nosuch::Point           |
      | Shape IS :: POINT       |
      | Shape::POINT NOT NULL   |
