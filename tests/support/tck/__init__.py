"""The openCypher TCK: reads its scenarios, plays them against a server, judges what comes back.

``features`` reads, ``steps`` says what a step means, ``scenario`` plays one; what they are played against
is a ``subject.Subject``: the engine in this process today (``in_process``).
"""
