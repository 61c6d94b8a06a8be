"""What holds for every test: Hypothesis without time limits, since the machine's load is no fault.

``HYPOTHESIS_PROFILE=thorough`` looks twenty times as long; CI's runs are repeatable.
"""

import os

from hypothesis import settings

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("thorough", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))
