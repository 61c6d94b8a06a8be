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
      WITH [<value>, null][0] AS w
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

  Scenario Outline: Arguments of a wrong type are refused before anything runs where their type is known
    Given any graph
    When executing query:
      """
      MATCH (n)
      WITH n, <value> AS w
      RETURN <call> AS x
      """
    Then a SyntaxError should be raised at compile time: InvalidArgumentType

    Examples:
      | value          | call                            |
      | 'a'            | range(w, 2)                     |
      | 1.0            | range(0, 2, w)                  |
      | toUpper('a')   | left('abc', w)                  |
      | 1              | trim(BOTH 'a' FROM w)           |
      | 1              | trim(w FROM 'a')                |
      | keys(n)        | abs(w)                          |
      | split('a', '') | toInteger(w)                    |
      | [1, 2]         | toUpper(head(w))                |
      | n              | toString(w)                     |
      | 1              | date(w)                         |
      | true           | duration.between(date(), w)     |
      | 'a'            | point.distance(w, w)            |
      | date()         | size(w)                         |
      | point({x: 1, y: 2}) | toUpper(w)                 |
      | duration('P1D') | abs(w)                         |
      | localtime()    | timestamp(time())               |
      | 'a'            | sum(w)                          |
      | 1              | percentileCont(w, 'a')          |
      | [n]            | coll.insert([1, 2], w, 0)       |

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
      | collect_list(1, 2, 3) |
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

  Scenario Outline: allReduce tests what is accumulated after each step
    Given any graph
    When executing query:
      """
      RETURN allReduce(<steps>) AS x
      """
    Then the result should be, in any order:
      | x   |
      | <x> |

    Examples:
      | steps                                       | x     |
      | t = 0, x IN [1, 2, 3] \| t + x, t < 7       | true  |
      | t = 0, x IN [1, 2, 3] \| t + x, t < 6       | false |
      | t = 0, x IN [] \| t + x, false              | true  |
      | t = 0, x IN null \| t + x, true             | null  |
      | t = 0, x IN [1, null] \| t + x, t < 3       | null  |
      | t = 0, x IN [9, null] \| t + x, t < 3       | false |
      | t = 0, x IN [null, 1] \| x, t > 2           | false |
      | t = 0, x IN [0, 1] \| x, x = 0 OR t = 1     | true  |

  Scenario: allReduce is over when a step has failed
    Given any graph
    When executing query:
      """
      UNWIND [[2, 0], [1, 2], null] AS l
      RETURN allReduce(t = 10, x IN l | t / x, t > 5) AS x
      """
    Then the result should be, in order:
      | x     |
      | false |
      | false |
      | null  |

  Scenario: allReduce over the nodes of a path
    Given an empty graph
    And having executed:
      """
      CREATE ({x: 1})-[:R]->({x: 2})-[:R]->({x: 3})
      """
    When executing query:
      """
      MATCH (s {x: 1}) (()-[:R]->(n))+
      WHERE allReduce(t = s.x, m IN n | t + m.x, t < s.x + 3)
      RETURN [m IN n | m.x] AS xs
      """
    Then the result should be, in any order:
      | xs  |
      | [2] |

  Scenario Outline: What is no allReduce
    Given any graph
    When executing query:
      """
      RETURN <call> AS x
      """
    Then a SyntaxError should be raised at compile time: <detail>

    Examples:
      | call                                        | detail                   |
      | allReduce(t = 0, x IN [1] \| t + x)         | InvalidNumberOfArguments |
      | allReduce(x IN [1] \| x, true)              | InvalidNumberOfArguments |
      | allReduce(0, x IN [1] \| x, true)           | UnexpectedSyntax         |
      | allReduce([1])                              | UnknownFunction          |
      | reduce(t = 0, x IN [1] \| t + x, true)      | UnexpectedSyntax         |
      | allReduce(t = 0, x IN [1] \| t + x, t < y)  | UndefinedVariable        |

  Scenario: NaN and Infinity are numbers in any case
    Given any graph
    When executing query:
      """
      RETURN isNaN(NaN) AS a, inf = 1.0 / 0.0 AS b, -INFINITY < -1e308 AS c, [x IN [1] | x + Inf > x] AS d, nan = nan AS e
      """
    Then the result should be, in any order:
      | a    | b    | c    | d      | e     |
      | true | true | true | [true] | false |

  Scenario: Variables, properties and keys called nan and inf are what they were
    Given an empty graph
    And having executed:
      """
      CREATE (:nan {inf: 1, NaN: 2})
      """
    When executing query:
      """
      MATCH (nan:nan) WITH nan, nan.inf AS inf UNWIND [3] AS infinity
      RETURN nan.NaN AS a, inf AS b, infinity AS c, {inf: inf}.inf AS d, [NaN IN [4] | NaN] AS e, nan {.inf} AS f
      """
    Then the result should be, in any order:
      | a | b | c | d | e   | f        |
      | 2 | 1 | 3 | 1 | [4] | {inf: 1} |

  Scenario: A number that is named can be sorted, grouped and stored
    Given an empty graph
    When executing query:
      """
      UNWIND [1, NaN, Infinity, -Infinity] AS x
      CREATE (n {x: x})
      WITH n.x + 0 AS y, count(*) AS c ORDER BY y
      RETURN collect(CASE WHEN isNaN(y) THEN 'NaN' ELSE toString(y) END) AS ys, sum(c) AS s
      """
    Then the result should be, in any order:
      | ys                                        | s |
      | ['-Infinity', '1', 'Infinity', 'NaN'] | 4 |
    And the side effects should be:
      | +nodes      | 4 |
      | +properties | 4 |

  Scenario: collect of keys and values, by group
    Given any graph
    When executing query:
      """
      UNWIND [['x', 'a', 1], ['y', 'a', 2], ['x', 'b', null], ['x', 'a', 3], ['y', null, 4]] AS r
      RETURN r[0] AS g, collect(r[1], r[2]) AS m ORDER BY g
      """
    Then the result should be, in order:
      | g   | m               |
      | 'x' | {a: 1, b: null} |
      | 'y' | {a: 2}          |

  Scenario: collect of keys and values of nothing
    Given any graph
    When executing query:
      """
      UNWIND [] AS r RETURN collect(r, r) AS m, project(r) AS g
      """
    Then the result should be, in any order:
      | m  | g                     |
      | {} | {nodes: [], edges: []} |

  Scenario Outline: Aggregates refuse what they cannot take
    Given any graph
    When executing query:
      """
      UNWIND [1, null] AS x RETURN <call> AS y
      """
    Then a TypeError should be raised at runtime: InvalidArgumentValue

    Examples:
      | call          |
      | collect(x, x) |
      | project(x)    |

  Scenario: project gives each node and relationship once, by group
    Given an empty graph
    And having executed:
      """
      CREATE (a:A {n: 1})-[:R]->(b:B {n: 2})-[:R]->(c:B {n: 3}), (b)-[:S]->(a)
      """
    When executing query:
      """
      MATCH p = ()-[r]->()
      WITH type(r) AS t, project(p) AS g
      RETURN t, size(g.nodes) AS nodes, size(g.edges) AS edges, head(g.edges) IS :: RELATIONSHIP AS ok
      """
    Then the result should be, in any order:
      | t   | nodes | edges | ok   |
      | 'R' | 3     | 2     | true |
      | 'S' | 2     | 1     | true |

  Scenario Outline: timestamp of a temporal value, in milliseconds
    Given any graph
    When executing query:
      """
      RETURN timestamp(<of>) AS x
      """
    Then the result should be, in any order:
      | x   |
      | <x> |

    Examples:
      | of                                           | x             |
      | date('1970-01-02')                           | 86400000      |
      | date('1969-12-31')                           | -86400000     |
      | datetime('2015-07-21T23:40:32.142999+02:00') | 1437514832142 |
      | localdatetime('1969-12-31T23:59:59.5')       | -500          |
      | localtime('00:00:01.0019')                   | 1001          |
      | duration('P1DT1.5S')                         | 86401500      |
      | null                                         | null          |

  Scenario Outline: What has no timestamp
    Given any graph
    When executing query:
      """
      RETURN timestamp([<of>, null][0]) AS x
      """
    Then a <kind> should be raised at runtime: <detail>

    Examples:
      | of                | kind          | detail               |
      | 1                 | TypeError     | InvalidArgumentValue |
      | time('10:00')     | TypeError     | InvalidArgumentValue |
      | duration('P1M')   | ArgumentError | NumberOutOfRange     |

  Scenario: Vectors are compared by their angle and by their distance
    Given any graph
    When executing query:
      """
      RETURN vector.similarity.cosine([3, 4], [6.0, 8]) AS same,
             vector.similarity.cosine([1, 0], [-2, 0]) AS opposite,
             vector.similarity.cosine([1e300, 0], [0, 1e300]) AS right,
             vector.similarity.euclidean([1, 2], [1, 2]) AS equal,
             vector.similarity.euclidean([0, 0], [1e300, 0]) AS far,
             vector.similarity.cosine(null, [1]) AS nothing
      """
    Then the result should be, in any order:
      | same | opposite | right | equal | far | nothing |
      | 1.0  | 0.0      | 0.5   | 1.0   | 0.0 | null    |

  Scenario Outline: What is no pair of vectors is refused
    Given any graph
    When executing query:
      """
      RETURN <call> AS x
      """
    Then a <kind> should be raised at runtime: <detail>

    Examples:
      | call                                             | kind          | detail               |
      | vector.similarity.cosine([1], [1, 2])            | ArgumentError | NumberOutOfRange     |
      | vector.similarity.cosine([0, 0], [1, 2])         | ArgumentError | NumberOutOfRange     |
      | vector.similarity.euclidean([], [])              | ArgumentError | NumberOutOfRange     |
      | vector.similarity.euclidean([1 / 0.0], [1])      | ArgumentError | NumberOutOfRange     |
      | vector.similarity.euclidean([1, 'a'], [1, 2])    | TypeError     | InvalidArgumentValue |
