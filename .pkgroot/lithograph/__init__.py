"""Lithograph: an in-memory property-graph database that speaks Bolt and runs openCypher.

The package is made of five layers, each a folder of the repository; an import goes downwards only:
``server > (cypher | durability) > storage > config``. ``docs/architecture.md`` has the picture.
"""

__version__ = "0.1.0"
