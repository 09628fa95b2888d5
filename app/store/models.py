"""The tables of the store. What is kept is the question, never the answer."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Index, MetaData, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

LONGEST_NAME = 120
LONGEST_NOTE = 4_000
ID_LENGTH = 26


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC, with its zone on the way out of every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: nobody can tell which hour it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables; constraints are named, so that a migration can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class ScenarioRow(Base):
    """A stored scenario. ``content`` is what differs from the default."""

    __tablename__ = "scenarios"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    project: Mapped[str] = mapped_column(String(LONGEST_NAME))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    name_key: Mapped[str] = mapped_column(String(2 * LONGEST_NAME))
    parent_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    created_by: Mapped[str] = mapped_column(String(LONGEST_NAME))
    note: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    layers: Mapped[dict[str, str]] = mapped_column(JSON)
    program_version: Mapped[str] = mapped_column(String(40))
    created: Mapped[datetime] = mapped_column(UtcTime)
    changed: Mapped[datetime] = mapped_column(UtcTime, index=True)
    deleted: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (
        Index(
            "uq_scenarios_name",
            "project",
            "name_key",
            unique=True,
            sqlite_where=text("deleted IS NULL"),
            postgresql_where=text("deleted IS NULL"),
        ),
    )


class ProjectRow(Base):
    """A city and its layers: per kind the digest of the blob and where it came from."""

    __tablename__ = "projects"

    slug: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    country: Mapped[str] = mapped_column(String(2))
    crs: Mapped[str] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(String(60))
    schematic: Mapped[bool]
    illustrative: Mapped[bool]
    layers: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON)
    created: Mapped[datetime] = mapped_column(UtcTime)
    changed: Mapped[datetime] = mapped_column(UtcTime)


class DraftRow(Base):
    """Where a visitor stopped: one per visitor and project, purged after a week."""

    __tablename__ = "drafts"

    visitor: Mapped[str] = mapped_column(String(64), primary_key=True)
    project: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed: Mapped[datetime] = mapped_column(UtcTime, index=True)


class SiteListRow(Base):
    """The plan a city works from: its sites with their statuses, one list per project.

    ``revision`` counts the changes, so that two people never overwrite each other unseen.
    """

    __tablename__ = "site_lists"

    project: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    revision: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    changed: Mapped[datetime] = mapped_column(UtcTime)
