Feature: TypePredicates - IS :: and IS NORMALIZED

  Scenario Outline: A value is of a type
    Given any graph
    When executing query:
      """
      RETURN <value> IS :: <type> AS is, <value> IS NOT :: <type> AS isNot
      """
    Then the result should be, in any order:
      | is   | isNot     |
      | <is> | <isNot> |

    Examples:
      | value                | type                         | is    | isNot |
      | 1                    | INTEGER                      | true  | false |
      | 1                    | INT NOT NULL                 | true  | false |
      | 1                    | FLOAT                        | false | true  |
      | 1.0                  | INTEGER                      | false | true  |
      | true                 | INTEGER                      | false | true  |
      | true                 | BOOL                         | true  | false |
      | 'a'                  | VARCHAR                      | true  | false |
      | {a: 1}               | MAP                          | true  | false |
      | {a: 1}               | ANY MAP NOT NULL             | true  | false |
      | date('2020-01-01')   | DATE                         | true  | false |
      | time('10:00Z')       | ZONED TIME                   | true  | false |
      | time('10:00Z')       | TIME WITHOUT TIME ZONE       | false | true  |
      | point({x: 1, y: 2})  | POINT                        | true  | false |
      | 1                    | ANY                          | true  | false |
      | 1                    | NOTHING                      | false | true  |
      | 1                    | NULL                         | false | true  |
      | 1                    | STRING \| FLOAT              | false | true  |
      | 1                    | STRING \| INTEGER            | true  | false |
      | 1                    | ANY<STRING \| INT>           | true  | false |
      | null                 | INTEGER                      | true  | false |
      | null                 | INTEGER NOT NULL             | false | true  |
      | null                 | INTEGER!                     | false | true  |
      | null                 | NULL                         | true  | false |
      | null                 | ANY                          | true  | false |
      | null                 | ANY NOT NULL                 | false | true  |
      | null                 | NOTHING                      | false | true  |
      | null                 | LIST<INTEGER>                | true  | false |
      | null                 | LIST<INTEGER> NOT NULL       | false | true  |
      | null                 | INT \| FLOAT                 | true  | false |
      | null                 | INT NOT NULL \| FLOAT!       | false | true  |
      | []                   | LIST<NOTHING>                | true  | false |
      | []                   | LIST<FLOAT NOT NULL>         | true  | false |
      | [1, null]            | LIST<INTEGER>                | true  | false |
      | [1, null]            | LIST<INTEGER NOT NULL>       | false | true  |
      | [1, null]            | INTEGER NOT NULL LIST        | false | true  |
      | [1, 1.0]             | LIST<INTEGER>                | false | true  |
      | [1, 1.0]             | LIST<INTEGER \| FLOAT>       | true  | false |
      | [[1], []]            | LIST<LIST<INTEGER>>          | true  | false |
      | [1]                  | LIST<ANY>                    | true  | false |
      | 1                    | LIST<ANY>                    | false | true  |
      | [1, 'a']             | PROPERTY VALUE               | true  | false |

  Scenario: Nodes, relationships and paths are of their types, and not of those that can be stored
    Given an empty graph
    And having executed:
      """
      CREATE (:A)-[:T]->()
      """
    When executing query:
      """
      MATCH p = (n:A)-[r]->()
      RETURN n IS :: NODE AS node, n :: VERTEX AS vertex, r IS :: RELATIONSHIP AS r, r IS TYPED ANY EDGE AS edge,
             p IS :: PATH AS path, n IS :: RELATIONSHIP AS other, n IS :: PROPERTY VALUE AS stored,
             [n] IS :: LIST<NODE> AS nodes, n.a IS :: INTEGER AS missing
      """
    Then the result should be, in any order:
      | node | vertex | r    | edge | path | other | stored | nodes | missing |
      | true | true   | true | true | true | false | false  | true  | true    |

  Scenario: A predicate on a property picks nodes
    Given an empty graph
    And having executed:
      """
      CREATE ({name: 'a', age: 18}), ({name: 'b', age: '20'}), ({name: 'c', age: 21})
      """
    When executing query:
      """
      MATCH (n) WHERE n.age IS :: INTEGER AND n.age > 18 RETURN n.name AS name
      """
    Then the result should be, in any order:
      | name |
      | 'c'  |

  Scenario: An element of a comprehension is tested without brackets
    Given any graph
    When executing query:
      """
      RETURN [x IN [1, 'a', 2.0] WHERE x IS :: INTEGER | x] AS a,
             [x IN [1, 'a', 2.0] WHERE x IS :: ANY<INTEGER | FLOAT> | x] AS b,
             any(x IN [1, 'a'] WHERE x :: BOOLEAN | STRING) AS c
      """
    Then the result should be, in any order:
      | a   | b        | c    |
      | [1] | [1, 2.0] | true |

  Scenario Outline: Types that do not exist are refused
    Given any graph
    When executing query:
      """
      RETURN 1 IS :: <type> AS x
      """
    Then a SyntaxError should be raised at compile time: UnexpectedSyntax

    Examples:
      | type                             |
      | NUMBER                           |
      | LIST                             |
      | LIST<NUMBER>                     |
      | INTEGER NOT NULL \| FLOAT        |
      | ANY<INTEGER \| FLOAT> NOT NULL   |
      | INTEGER NULL                     |

  Scenario: Normal forms of strings
    Given any graph
    When executing query:
      """
      WITH 'e\u0301' AS apart, '\u00e9' AS whole
      RETURN apart IS NORMALIZED AS a, whole IS NORMALIZED AS b, apart IS NFD NORMALIZED AS c,
             whole IS NOT NFD NORMALIZED AS d, whole IS NFKC NORMALIZED AS e, apart IS NFKD NORMALIZED AS f,
             null IS NORMALIZED AS g, 1 IS NOT NORMALIZED AS h, normalize(apart) = whole AS i,
             normalize(whole, NFD) = apart AS j
      """
    Then the result should be, in any order:
      | a     | b    | c    | d    | e    | f    | g    | h    | i    | j    |
      | false | true | true | true | true | true | null | null | true | true |
