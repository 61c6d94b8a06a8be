"""What the language does with temporal values: make them, cut them, add to them, tell how far they are apart.

* ``clock.py`` the present moment, the same for a whole statement or transaction
* ``parts.py`` date, time and zone of a value, and values out of these three
* ``fields.py`` the maps they are made from: which keys, which numbers; ``dates.py`` and ``times.py`` a date
  and a time of day from such a map, perhaps beginning with those of another value
* ``construction.py`` values from maps, texts, other values and the present moment
* ``amounts.py`` durations from maps; ``arithmetic.py`` plus, minus, times; ``differences.py`` from one value
  to another; ``truncation.py`` the beginning of a century, a week, an hour

The values themselves, their text and the calendar are in ``storage/values``; the names of components in
``scalar/components.py``; the functions that users call in ``scalar/functions/temporal.py`` and
``scalar/functions/durations.py``. Here no
function knows the name it is called by: errors get it on their way out.
"""
