"""Lets every process that a test starts import altair in seconds less, as `startup` does here.

Python imports this module first. It must not import the package, whose imports are tested.
"""

import sys

sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
