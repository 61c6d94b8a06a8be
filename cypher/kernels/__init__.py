"""Array shortcuts for scalar operations, file for file beside ``scalar/``.

A kernel takes vectors of one length, or of length 1 where an operand is the same for every row (NumPy
broadcasting does the rest), and returns the result as a vector, or None where it does not apply. It
applies only where it equals the scalar definition in every row; ``tests/properties/test_kernels.py``
compares the two. A kernel never raises: where an error may be due, it does not apply, and the scalar
definition finds the row and words the message.
"""

from __future__ import annotations

from collections.abc import Callable

from lithograph.cypher.vectors import Vector

BinaryKernel = Callable[[Vector, Vector], Vector | None]
UnaryKernel = Callable[[Vector], Vector | None]
