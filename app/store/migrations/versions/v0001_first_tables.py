"""The first tables: scenarios, projects, drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _scenarios()
    op.create_table(
        "projects",
        sa.Column("slug", sa.String(120), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("crs", sa.Text, nullable=False),
        sa.Column("timezone", sa.String(60), nullable=False),
        sa.Column("schematic", sa.Boolean, nullable=False),
        sa.Column("illustrative", sa.Boolean, nullable=False),
        sa.Column("layers", sa.JSON, nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("changed", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_projects"),
    )
    op.create_table(
        "drafts",
        sa.Column("visitor", sa.String(64), nullable=False),
        sa.Column("project", sa.String(120), nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("changed", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("visitor", "project", name="pk_drafts"),
    )
    op.create_index("ix_drafts_changed", "drafts", ["changed"])


def _scenarios() -> None:
    op.create_table(
        "scenarios",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("project", sa.String(120), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("name_key", sa.String(240), nullable=False),
        sa.Column("parent_id", sa.String(26)),
        sa.Column("created_by", sa.String(120), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("layers", sa.JSON, nullable=False),
        sa.Column("program_version", sa.String(40), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("changed", MOMENT, nullable=False),
        sa.Column("deleted", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_scenarios"),
    )
    op.create_index("ix_scenarios_changed", "scenarios", ["changed"])
    op.create_index(
        "uq_scenarios_name",
        "scenarios",
        ["project", "name_key"],
        unique=True,
        sqlite_where=sa.text("deleted IS NULL"),
        postgresql_where=sa.text("deleted IS NULL"),
    )


def downgrade() -> None:
    """Take the tables away."""
    for table in ("drafts", "projects", "scenarios"):
        op.drop_table(table)
