"""The values that properties hold, and what they have in common.

* ``temporal.py`` Date, LocalTime, Time, LocalDateTime, DateTime; ``duration.py`` Duration
* ``gregorian.py`` the calendar, ``zones.py`` named time zones, ``iso8601.py`` text to temporal values
* ``spatial.py`` Point, ``enums.py`` EnumValue
* ``types.py`` what types are called in messages
* ``properties.py`` what can be stored
* ``ordering.py`` total order and equivalence over all types

Null, booleans, integers, floats, strings, bytes, lists and maps are Python's own ``None``, ``bool``,
``int``, ``float``, ``str``, ``bytes``, ``list`` and ``dict``: exactly these classes, no subclasses.
"""
