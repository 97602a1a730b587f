"""x."""


class Verdict:
    """x."""

    def __init__(self, *a):
        pass
