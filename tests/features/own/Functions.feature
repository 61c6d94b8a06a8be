Feature: Functions - nulls, types and errors

  Scenario Outline: Null for any argument gives null
    Given any graph
    When executing query:
      """
      RETURN <call> AS x
      """
    Then the result should be, in any order:
      | x    |
      | null |

    Examples:
      | call                                 |
      | sinh(null)                           |
      | cosh(null)                           |
      | tanh(null)                           |
      | coth(null)                           |
      | round(null, 1)                       |
      | round(1.5, null)                     |
      | round(1.5, 1, null)                  |
      | trim(BOTH null FROM 'a')             |
      | trim(LEADING 'a' FROM null)          |
      | btrim('a', null)                     |
      | normalize(null, NFD)                 |
      | normalize('a', null)                 |
      | replace('a', null, 'b')              |
      | split('a', null)                     |
      | char_length(null)                    |
      | cardinality(null)                    |
      | coll.distinct(null)                  |
      | coll.flatten(null)                   |
      | coll.flatten([1], null)              |
      | coll.indexOf([null], null)           |
      | coll.insert(null, 0, 1)              |
      | coll.insert([1], null, 1)            |
      | coll.max([])                         |
      | coll.max([1, null])                  |
      | coll.min([null])                     |
      | coll.remove([1], null)               |
      | coll.sort(null)                      |
      | point.distance(null, point({x: 1, y: 2})) |
      | point({x: 1, y: null})               |
      | toByteString(null)                   |
      | fromByteString(null)                 |
      | uniformSample([], 3)                 |
      | 'a' \|\| null                        |
      | null \|\| [1]                        |
      | toIntegerOrNull('99999999999999999999') |

  Scenario Outline: Values of a wrong type are refused
    Given any graph
    When executing query:
      """
      WITH <value> AS v
      UNWIND [v] AS w
      RETURN <call> AS x
      """
    Then a TypeError should be raised at runtime: InvalidArgumentValue

    Examples:
      | value | call                              |
      | 'a'   | sinh(w)                           |
      | true  | abs(w)                            |
      | 1     | trim(BOTH 'a' FROM w)             |
      | 1     | trim(w FROM 'a')                  |
      | 1     | upper(w)                          |
      | 1     | normalize(w)                      |
      | 'a'   | coll.sort(w)                      |
      | 1.0   | coll.remove([1, 2], w)            |
      | 1.0   | coll.insert([1, 2], w, 0)         |
      | 1.5   | coll.flatten([1], w)              |
      | 'a'   | cardinality(w)                    |
      | 1     | isEmpty(w)                        |
      | 'a'   | point.distance(w, w)              |
      | '1'   | range(0, w)                       |
      | 'a'   | isNaN(w)                          |
      | null  | assert(w)                         |
      | 1     | toByteString(w)                   |

  Scenario Outline: Values that make no sense are refused
    Given any graph
    When executing query:
      """
      RETURN <call> AS x
      """
    Then a ArgumentError should be raised at runtime: NumberOutOfRange

    Examples:
      | call                          |
      | coll.insert([1], 3, 0)        |
      | coll.remove([1], -1)          |
      | coll.remove([], 0)            |
      | coll.flatten([1], -1)         |
      | round(1.5, 1, 'SIDEWAYS')     |
      | left('a', -1)                 |
      | normalize('a', 'NFX')         |
      | range(1, 2, 0)                |
      | assert(false)                 |
      | counter('a', 0, 0)            |
      | point({x: 1})                 |

  Scenario Outline: Integers do not wrap
    Given any graph
    When executing query:
      """
      RETURN <call> AS x
      """
    Then a ArithmeticError should be raised at runtime: IntegerOverflow

    Examples:
      | call                                |
      | abs(-9223372036854775808)           |
      | toInteger('9223372036854775808')    |

  Scenario Outline: A wrong number of arguments is found before anything runs
    Given any graph
    When executing query:
      """
      RETURN <call> AS x
      """
    Then a SyntaxError should be raised at compile time: InvalidNumberOfArguments

    Examples:
      | call                |
      | coll.sort()         |
      | coll.insert([1], 0) |
      | sinh(1, 2)          |
      | collect_list(1, 2)  |
      | percentile_cont(1)  |

  Scenario: Functions are found in any case
    Given any graph
    When executing query:
      """
      RETURN TOUPPER('a') AS a, Coll.IndexOf([1], 1) AS b, PERCENTILECONT(1, 0.5) AS c, Point.WithinBbox(null, null, null) AS d
      """
    Then the result should be, in any order:
      | a   | b | c   | d    |
      | 'A' | 0 | 1.0 | null |

  Scenario: The size of a path is refused, its length is not
    Given any graph
    When executing query:
      """
      MATCH p = ()-->() RETURN size(p) AS x
      """
    Then a SyntaxError should be raised at compile time: InvalidArgumentType

  Scenario: Trim with sides
    Given any graph
    When executing query:
      """
      WITH 'xxaxx' AS s, 'x' AS chars
      RETURN trim(BOTH 'x' FROM s) AS a, trim(LEADING chars FROM s) AS b, trim(TRAILING 'x' FROM s) AS c,
             trim('x' FROM s) AS d, trim(BOTH FROM ' a ') AS e, trim(leading from ' a ') AS f
      """
    Then the result should be, in any order:
      | a   | b     | c     | d   | e   | f    |
      | 'a' | 'axx' | 'xxa' | 'a' | 'a' | 'a ' |

  Scenario: The words of trim are names elsewhere
    Given any graph
    When executing query:
      """
      WITH 1 AS both, 2 AS leading, [3] AS trailing
      RETURN size([both]) AS a, abs(both - leading) AS b, head(trailing) AS c, toString(both + leading) AS d
      """
    Then the result should be, in any order:
      | a | b | c | d   |
      | 1 | 1 | 3 | '3' |

  Scenario: A property exists or does not
    Given an empty graph
    And having executed:
      """
      CREATE ({a: 1}), ({b: 1})
      """
    When executing query:
      """
      MATCH (n) WHERE exists(n.a) RETURN exists(n.a) AS a, exists(n.b) AS b, exists(n['a']) AS c
      """
    Then the result should be, in any order:
      | a    | b     | c    |
      | true | false | true |

  Scenario: A counter counts for each name, and anew in each query
    Given any graph
    When executing query:
      """
      UNWIND range(1, 3) AS i
      RETURN counter('a', 10, 5) AS a, counter('b', 0) AS b
      """
    Then the result should be, in order:
      | a  | b |
      | 10 | 0 |
      | 15 | 1 |
      | 20 | 2 |

  Scenario Outline: || joins two strings or two lists, and refuses the rest
    Given any graph
    When executing query:
      """
      WITH coalesce(<left>) AS a, coalesce(<right>) AS b
      RETURN a || b AS z
      """
    Then a TypeError should be raised at runtime: InvalidArgumentType

    Examples:
      | left | right |
      | 'a'  | 1     |
      | 1    | 2     |
      | 'a'  | true  |
      | {a: 1} | {b: 1} |

  Scenario: || binds as + does
    Given any graph
    When executing query:
      """
      RETURN 'a' || 'b' + 1 || 'c' AS a, [1] || [2] + 3 AS b, 'a' || 'b' = 'ab' AS c, [] || [] AS d, 'x' || 'y' IN ['xy'] AS e
      """
    Then the result should be, in any order:
      | a       | b         | c    | d  | e    |
      | 'ab1c'  | [1, 2, 3] | true | [] | true |

  Scenario: Numbers with underscores
    Given any graph
    When executing query:
      """
      RETURN 1_000_000 AS a, 0xff_ff AS b, 0o7_7 AS c, 1_0.5_0 AS d, 1e1_0 AS e
      """
    Then the result should be, in any order:
      | a       | b     | c  | d    | e             |
      | 1000000 | 65535 | 63 | 10.5 | 10000000000.0 |

  Scenario Outline: Underscores stand between digits
    Given any graph
    When executing query:
      """
      RETURN <number> AS x
      """
    Then a SyntaxError should be raised at compile time: InvalidNumberLiteral

    Examples:
      | number |
      | 1_     |
      | 1__0   |
      | 1_.0   |
      | 1.0_   |

  Scenario: exists of a pattern is a value like any other
    Given an empty graph
    And having executed:
      """
      CREATE (:A {x: 1})-[:T]->(:B {x: 2})
      """
    When executing query:
      """
      MATCH (n)
      WITH n, [exists((n)-->()), exists((n)-[:S]->())] AS list, {a: exists((n)<--(:A))} AS map,
           CASE exists((n)-->()) WHEN true THEN 'out' ELSE 'in' END AS way
      RETURN n.x AS x, list, map, way, exists((n)-->()) = true AS same
      ORDER BY x
      """
    Then the result should be, in order:
      | x | list           | map        | way   | same  |
      | 1 | [true, false]  | {a: false} | 'out' | true  |
      | 2 | [false, false] | {a: true}  | 'in'  | false |
