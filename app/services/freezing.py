"""Use-case: make a tender final, or say all that stands against it."""

from dataclasses import replace

from app.core.errors import InputError
from app.core.tender.draft import TenderDraft
from app.core.tender.freeze import freeze

LONGEST_NOTE = 2_000


def stands_against(draft: TenderDraft) -> list[str]:
    """List what a person must settle before the tender can be final."""
    return freeze(draft.selection, draft.open_items, draft.checks)


def final(draft: TenderDraft) -> TenderDraft:
    """Return the tender as its final edition; refused with the whole list of what is open."""
    found = stands_against(draft)
    if found:
        head = f"{len(found)} things stand against a final edition; without --final it is a draft."
        raise InputError("\n".join([head, *found]))
    return replace(draft, status="final")


def with_note(draft: TenderDraft, note: str) -> TenderDraft:
    """Put the words of whoever signs into the README of the pack."""
    if not note.strip() or len(note) > LONGEST_NOTE:
        raise InputError(f"a signing note has 1 to {LONGEST_NOTE} characters")
    if not note.replace("\n", "").isprintable():
        raise InputError("a signing note holds characters that cannot be printed")
    return replace(draft, signing_note=note.strip())
