"""The password that an account begins with: made by the machine, shown once, to be changed at first login."""

import secrets

# Without letters and digits that look alike on paper.
LETTERS = "abcdefghijkmnpqrstuvwxyz"
CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "23456789"
GROUPS = 4


def initial_password() -> str:
    """Four groups like "Kx7m-Rb4t", 67 bits of chance; neighbours differ in class, so there is no run."""
    pattern = (CAPITALS, LETTERS, DIGITS, LETTERS)
    return "-".join("".join(map(secrets.choice, pattern)) for _ in range(GROUPS))
