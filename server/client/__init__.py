"""A small synchronous Bolt client for our own tools, on the server's codec: no driver is needed to operate a server.

``connection`` has :class:`~lithograph.server.client.connection.BoltClient`, ``values`` what a record can hold beside
plain values, ``errors`` what can go wrong.
"""
