Feature: Temporal - dates, times, moments and durations beyond the TCK

  Scenario Outline: What does not exist or does not fit is refused, in whatever form it is given
    Given any graph
    When executing query:
      """
      RETURN <call>
      """
    Then a ArgumentError should be raised at runtime: NumberOutOfRange

    Examples:
      | call                                                             |
      | date('2015-02-30')                                               |
      | date('2015-13-01')                                               |
      | date('yesterday')                                                |
      | date({year: 2015, month: 2, day: 30})                            |
      | date({year: 2015, month: 0})                                     |
      | date({year: 1000000000})                                         |
      | date({year: 9223372036854775807})                                |
      | date({year: 2015, week: 54})                                     |
      | date({year: 2014, week: 53})                                     |
      | date({year: 2015, quarter: 2, dayOfQuarter: 92})                 |
      | date({year: 2015, ordinalDay: 366})                              |
      | date({year: 2015, day: 11})                                      |
      | date({year: 2015, dayOfWeek: 1})                                 |
      | date({month: 2})                                                 |
      | date({year: 2015, week: 3, month: 1})                            |
      | date({year: 2015, hour: 1})                                      |
      | date({year: 2015, timezone: 'Z'})                                |
      | date({})                                                         |
      | date({date: date('2016-02-29'), year: 2015, day: 29})            |
      | localtime('24:00')                                               |
      | localtime({hour: 24})                                            |
      | localtime({minute: 1})                                           |
      | localtime({hour: 1, second: 1})                                  |
      | localtime({hour: 1, minute: 1, millisecond: 1})                  |
      | localtime({hour: 1, minute: 1, second: 1, millisecond: 1000})    |
      | localtime({hour: 1, minute: 1, second: 1, microsecond: 1000000}) |
      | localtime({hour: 1, minute: 1, second: 1, millisecond: 1, nanosecond: 1000000}) |
      | time({hour: 1, timezone: '+18:01'})                              |
      | time({hour: 1, timezone: 'Europe/Atlantis'})                     |
      | time('10:00+19:00')                                              |
      | localdatetime({year: 2015, hour: 1})                             |
      | datetime({year: 2015, month: 1, day: 1, minute: 1})              |
      | datetime({year: 2015, timezone: ''})                             |
      | datetime({year: 2015, timezone: 2000})                           |
      | datetime({epochSeconds: 1, year: 2015})                          |
      | datetime({epochSeconds: 1, epochMillis: 1})                      |
      | datetime({epochSeconds: 9223372036854775807})                    |
      | datetime({datetime: datetime(), date: date()})                   |
      | datetime.fromepoch(1, 1000000000)                                |
      | duration({})                                                     |
      | duration({fortnights: 1})                                        |
      | duration({day: 1, days: 1})                                      |
      | duration({years: 9223372036854775807})                           |
      | duration({days: 1e300})                                          |
      | duration({days: 0.0 / 0.0})                                      |
      | duration('1 day')                                                |
      | date.truncate('hour', date())                                    |
      | date.truncate('eon', date())                                     |
      | date.truncate('year', date(), {hour: 1})                         |
      | localtime.truncate('month', localdatetime())                     |
      | date.truncate('millennium', date('-999999999'))                  |
      | date('+999999999-12-31') + duration({days: 1})                   |
      | date('2015-01-01') + duration({years: 999999999})                |
      | duration({days: 9223372036854775807}) + duration({days: 1})      |

  Scenario Outline: What is of a wrong type is refused
    Given any graph
    When executing query:
      """
      RETURN <call>
      """
    Then a TypeError should be raised at runtime: InvalidArgumentValue

    Examples:
      | call                                      |
      | date({year: 2015.0})                      |
      | date({year: '2015'})                      |
      | date({date: 'today'})                     |
      | date({date: localtime()})                 |
      | date(localtime())                         |
      | localtime(date())                         |
      | datetime(time())                          |
      | datetime({datetime: date()})              |
      | datetime({year: 2015, timezone: 1.5})     |
      | datetime({epochMillis: 1.5})              |
      | date.realtime({zone: 'UTC'})              |
      | date.truncate('year', localtime())        |
      | datetime.truncate('hour', date())         |
      | localtime.truncate('day', date())         |
      | duration({days: '1'})                     |

  Scenario Outline: What is known to be of a wrong type is refused before anything runs
    Given any graph
    When executing query:
      """
      RETURN <call>
      """
    Then a SyntaxError should be raised at compile time: InvalidArgumentType

    Examples:
      | call                                      |
      | date(1)                                   |
      | date(true)                                |
      | datetime.fromepoch('1', 0)                |
      | date.realtime(['UTC'])                    |
      | date.truncate(1, date())                  |
      | date.truncate('year', 2015)               |
      | date.truncate('year', date(), 1)          |
      | duration(1)                               |
      | duration.inDays('2015-01-01', date())     |
      | date.truncate('year', duration('P1Y'))    |
      | duration(date())                          |
      | duration.between(date(), duration('P1D')) |

  Scenario Outline: The same where it is found while it runs
    Given any graph
    When executing query:
      """
      WITH [<value>, null][0] AS w
      RETURN <call>
      """
    Then a TypeError should be raised at runtime: InvalidArgumentValue

    Examples:
      | value        | call                       |
      | 1            | date(w)                    |
      | true         | date(w)                    |
      | '1'          | datetime.fromepoch(w, 0)   |
      | ['UTC']      | date.realtime(w)           |
      | 1            | date.truncate(w, date())   |
      | 2015         | date.truncate('year', w)   |
      | 1            | date.truncate('day', date(), w) |
      | 1            | duration(w)                |
      | '2015-01-01' | duration.inDays(w, date()) |
      | date()       | duration(w)                |
      | duration('P1D') | duration.between(date(), w) |
      | duration('P1D') | date.truncate('year', w) |

  Scenario Outline: What has no arithmetic is refused
    Given any graph
    When executing query:
      """
      RETURN <expression>
      """
    Then a TypeError should be raised at runtime: InvalidArgumentType

    Examples:
      | expression                            |
      | date() + date()                       |
      | date() - localdatetime()              |
      | duration('P1D') - date()              |
      | duration('P1D') * duration('P1D')     |
      | date() * 2                            |
      | 1 + duration('P1D')                   |

  Scenario Outline: Null in a map, a text or a unit makes null
    Given any graph
    When executing query:
      """
      RETURN <call> AS result
      """
    Then the result should be, in any order:
      | result |
      | null   |

    Examples:
      | call                                            |
      | date({year: 2015, month: null})                 |
      | datetime({year: 2015, timezone: null})          |
      | localtime({time: null})                         |
      | duration({days: null})                          |
      | date.truncate(null, date())                     |
      | date.truncate('year', null)                     |
      | date.truncate('year', date(), {month: null})    |
      | datetime.fromepoch(null, 0)                     |
      | datetime.fromepochmillis(null)                  |
      | datetime.realtime(null)                         |
      | duration.between(date(), null)                  |
      | date() + null                                   |
      | duration('P1D') * null                          |

  Scenario Outline: Values made in less usual ways
    Given any graph
    When executing query:
      """
      RETURN <call> AS result
      """
    Then the result should be, in any order:
      | result   |
      | <result> |

    Examples:
      | call                                                                           | result                                    |
      | date({date: date('2016-02-29'), year: 2015})                                   | '2015-02-28'                              |
      | date({date: date('2020-12-31'), year: 2019, dayOfWeek: 1})                     | '2019-12-30'                              |
      | date({date: date('1984-11-30'), quarter: 1})                                   | '1984-02-29'                              |
      | date({date: date('1984-11-11'), ordinalDay: 28})                               | '1984-01-28'                              |
      | date({date: datetime('1984-11-11T12:00+01:00[Europe/Stockholm]'), week: 1})    | '1984-01-08'                              |
      | date(datetime('1984-11-11T23:00-05:00'))                                       | '1984-11-11'                              |
      | date({year: -44, month: 3, day: 15})                                           | '-0044-03-15'                             |
      | localtime({time: localtime('10:20:30.5'), microsecond: 7})                     | '10:20:30.000007'                         |
      | time({time: datetime('1984-07-11T12:00+02:00[Europe/Stockholm]'), hour: 1})    | '01:00+02:00'                             |
      | localdatetime(date('2015-01-02'))                                              | '2015-01-02T00:00'                        |
      | datetime(date('2015-01-02'))                                                   | '2015-01-02T00:00Z'                       |
      | datetime({year: 2015, timezone: 'America/Los Angeles'})                        | '2015-01-01T00:00-08:00[America/Los_Angeles]' |
      | datetime({year: 2015, timezone: 90})                                           | '2015-01-01T00:00+01:30'                  |
      | datetime({year: 2017, month: 3, day: 26, hour: 2, minute: 30, timezone: 'Europe/Stockholm'}) | '2017-03-26T03:30+02:00[Europe/Stockholm]' |
      | datetime({year: 1850, timezone: 'Europe/Stockholm'})                           | '1850-01-01T00:00+00:53:28[Europe/Stockholm]' |
      | datetime({epochSeconds: -1, nanosecond: 5})                                    | '1969-12-31T23:59:59.000000005Z'          |
      | datetime({epochMillis: -1, nanosecond: 5})                                     | '1969-12-31T23:59:59.999000005Z'          |
      | datetime({epochSeconds: 0, timezone: 'Asia/Kathmandu'})                        | '1970-01-01T05:30+05:30[Asia/Kathmandu]'  |
      | datetime.fromepoch(416779, 999999999)                                          | '1970-01-05T19:46:19.999999999Z'          |
      | datetime.fromepochmillis(237821673987)                                         | '1977-07-15T13:34:33.987Z'                |
      | date.truncate('WEEKYEAR', date('2021-01-01'))                                  | '2019-12-30'                              |
      | date.truncate('century', date('-0001-06-01'))                                  | '-0100-01-01'                             |
      | date.truncate('quarter', date('2015-06-30'), {dayOfQuarter: 91})               | '2015-06-30'                              |
      | time.truncate('hour', time('12:31+01:00'), {timezone: '+05:00'})               | '12:00+05:00'                             |
      | localtime.truncate('microsecond', localtime('12:31:14.645876123'), {millisecond: 3, nanosecond: 2}) | '12:31:14.003000002' |
      | duration({quarters: 2, weeks: 1})                                              | 'P6M7D'                                   |
      | duration({day: 1, hour: 2.5, microsecond: 3})                                  | 'P1DT2H30M0.000003S'                      |
      | duration({days: 0.1})                                                          | 'PT2H24M'                                 |
      | date('2021-03-05') - date('2021-01-01')                                        | 'P63D'                                    |
      | localdatetime('2021-03-05T10:00') - localdatetime('2021-01-01T11:00')          | 'P62DT23H'                                |
      | localtime('10:00') - localtime('11:00:00.5')                                   | 'PT-1H-0.5S'                              |
      | datetime('2017-10-30T00:00[Europe/Stockholm]') - datetime('2017-10-29T00:00[Europe/Stockholm]') | 'P1D'   |
      | duration.inSeconds(date('2017-10-29'), datetime('2017-10-30T00:00[Europe/Stockholm]')) | 'PT25H'           |
      | duration.between(date('2015-01-31'), date('2015-03-01'))                       | 'P1M1D'                                   |
      | duration.between(date('2015-06-24'), localtime('14:30'))                       | 'PT14H30M'                                |
      | datetime('2017-03-25T02:30[Europe/Stockholm]') + duration('P1D')               | '2017-03-26T03:30+02:00[Europe/Stockholm]' |
      | datetime('2017-03-25T02:30[Europe/Stockholm]') + duration('PT24H')             | '2017-03-26T03:30+02:00[Europe/Stockholm]' |
      | datetime('2017-10-28T12:00[Europe/Stockholm]') + duration('P1D')               | '2017-10-29T12:00+01:00[Europe/Stockholm]' |
      | datetime('2017-10-28T12:00[Europe/Stockholm]') + duration('PT24H')             | '2017-10-29T11:00+01:00[Europe/Stockholm]' |

  Scenario: The present moment is one for the whole statement
    Given any graph
    When executing query:
      """
      UNWIND range(1, 1000) AS i
      WITH datetime() AS a, datetime.statement('Europe/Stockholm') AS b, datetime.transaction() AS t,
           datetime.realtime() AS r, localdatetime() AS l, timestamp() AS m
      WITH collect(DISTINCT a) AS all, max(a) AS a, max(b) AS b, max(t) AS t, max(r) AS r, max(l) AS l, max(m) AS m
      RETURN size(all) AS moments, a.epochMillis = m AS millis, duration.inSeconds(a, b) = duration('PT0S') AS same,
             localdatetime(a) = l AS local, t <= a AS transaction, a <= r AS realtime, date() = date(a) AS date
      """
    Then the result should be, in any order:
      | moments | millis | same | local | transaction | realtime | date |
      | 1       | true   | true | true  | true        | true     | true |

  Scenario: Moments are one group when they are equal, not when they are the same instant
    Given any graph
    When executing query:
      """
      UNWIND ['10:00+01:00', '09:00Z', '10:00+01:00', '08:00-01:00'] AS text
      WITH datetime('2015-01-01T' + text) AS moment, time(text) AS time
      RETURN count(*) AS all, count(DISTINCT moment) AS moments, count(DISTINCT time) AS times,
             min(moment) AS min, max(moment) AS max, min(time) AS first, max(time) AS last
      """
    Then the result should be, in any order:
      | all | moments | times | min                      | max                      | first         | last          |
      | 4   | 3       | 3     | '2015-01-01T08:00-01:00' | '2015-01-01T10:00+01:00' | '08:00-01:00' | '10:00+01:00' |

  Scenario: Temporal values of all types in one order
    Given any graph
    When executing query:
      """
      UNWIND [duration('P1D'), localtime('10:00'), time('10:00Z'), date('2015-01-01'), localdatetime('2015-01-01'),
              datetime('2015-01-01'), duration('PT25H'), duration('PT24H'), date('2014-01-01')] AS value
      WITH value ORDER BY value
      RETURN collect(toString(value)) AS ordered, min(value) AS min, max(value) AS max
      """
    Then the result should be, in any order:
      | ordered | min | max |
      | ['2015-01-01T00:00Z', '2015-01-01T00:00', '2014-01-01', '2015-01-01', '10:00Z', '10:00', 'PT24H', 'P1D', 'PT25H'] | '2015-01-01T00:00Z' | 'PT25H' |

  Scenario: Values of different types are neither equal nor comparable, durations have no order
    Given any graph
    When executing query:
      """
      RETURN date('2015-01-01') = localdatetime('2015-01-01') AS a, date('2015-01-01') < localdatetime('2016-01-01') AS b,
             duration('P1D') = duration('PT24H') AS c, duration('P1D') < duration('P2D') AS d, date() = 1 AS e,
             date('2015-01-01') <> localdatetime('2015-01-01') AS f
      """
    Then the result should be, in any order:
      | a     | b    | c     | d    | e     | f    |
      | false | null | false | null | false | true |

  Scenario: Durations are summed and averaged
    Given any graph
    When executing query:
      """
      UNWIND [duration('P1M'), duration('PT1.5S'), null, duration('-P1DT1S')] AS d
      RETURN sum(d) AS sum, avg(d * 3) AS avg
      """
    Then the result should be, in any order:
      | sum          | avg          |
      | 'P1M-1DT0.5S' | 'P1M-1DT0.5S' |

  Scenario: A value found by an index is the one found without
    Given an empty graph
    And having executed:
      """
      CREATE INDEX ON :Event(at)
      """
    And having executed:
      """
      UNWIND range(0, 99) AS i
      CREATE (:Event {at: datetime('2015-01-01T00:00Z') + duration({hours: i}), i: i}),
             (:Event {at: date('2015-01-01') + duration({days: i}), i: i})
      """
    When executing query:
      """
      MATCH (e:Event) WHERE datetime('2015-01-02T00:00Z') <= e.at < datetime('2015-01-02T05:00Z')
      WITH collect(e.i) AS moments
      MATCH (e:Event {at: date({year: 2015, month: 2, day: 3})})
      RETURN moments, e.i AS day
      """
    Then the result should be (ignoring element order for lists):
      | moments              | day |
      | [24, 25, 26, 27, 28] | 33  |

  Scenario: Keys and components are the same in upper and lower case
    Given any graph
    When executing query:
      """
      RETURN toString(date({YEAR: 2015, Week: 30, weekDay: 2})) AS a,
             toString(datetime({year: 2015, TIMEZONE: '+01:00'})) AS b,
             toString(datetime({epochMILLIS: 5})) AS c,
             toString(duration({Days: 1, HOUR: 2})) AS d,
             toString(date.truncate('year', date('2015-07-21'), {Day: 5})) AS e,
             [date('2015-07-21').YEAR, date('2015-07-21').quarterDay, duration('P1D').Days, point({x: 1, y: 2}).X] AS f
      """
    Then the result should be, in any order:
      | a            | b                        | c                          | d        | e            | f                 |
      | '2015-07-21' | '2015-01-01T00:00+01:00' | '1970-01-01T00:00:00.005Z' | 'P1DT2H' | '2015-01-05' | [2015, 21, 1, 1.0] |

  Scenario: A component by a key that is computed
    Given any graph
    When executing query:
      """
      UNWIND ['year', 'MONTH', null] AS key
      RETURN date('2015-07-21')[key] AS x, point({x: 1, y: 2})['y'] AS y
      """
    Then the result should be, in order:
      | x    | y   |
      | 2015 | 2.0 |
      | 7    | 2.0 |
      | null | 2.0 |

  Scenario Outline: Keys that are not there, or are there twice
    Given any graph
    When executing query:
      """
      RETURN <call> AS x
      """
    Then a ArgumentError should be raised at runtime: NumberOutOfRange

    Examples:
      | call                            |
      | date({year: 2015, Year: 2016})  |
      | date({year: 2015, weekdays: 1}) |
      | date('2015-07-21')['yeer']      |
      | duration({days: 1, DAY: 1})     |
