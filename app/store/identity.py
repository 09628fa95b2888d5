"""Names of stored things: 26 characters that sort by the moment they were made."""

import secrets
from datetime import datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U to misread
LENGTH = 26
RANDOM_BITS = 80


def new_id(moment: datetime) -> str:
    """Make an id (ULID): 48 bits of milliseconds, then 80 random bits nobody can guess."""
    number = (int(moment.timestamp() * 1000) << RANDOM_BITS) | secrets.randbits(RANDOM_BITS)
    digits = [ALPHABET[(number >> 5 * place) & 31] for place in range(LENGTH)]
    return "".join(reversed(digits))


def is_id(text: str) -> bool:
    """Say whether ``text`` could be an id at all, before anybody asks the database."""
    return len(text) == LENGTH and set(text) <= set(ALPHABET)
