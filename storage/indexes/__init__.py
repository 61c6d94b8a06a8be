"""Indexes: which slots may have a label, or a value.

Every index has superset semantics, stated here once: a lookup may give slots whose element is gone,
has lost the label, or has another value by now or for this reader, and whoever asks reads label and
value again through its view. It never misses one that some reader sees: entries go in with the write,
before it commits, and are taken out only when the index is rebuilt with no transaction running.
So an index needs no versions, and undoing a transaction does not touch it.

``label.py`` slots by label or type · ``numbers.py`` and ``hashed.py`` the partitions of a property index,
by the type of the value · ``property.py`` an index on a label and one or more keys · ``catalog.py`` the
indexes of a store and what keeps them up to date.
"""
