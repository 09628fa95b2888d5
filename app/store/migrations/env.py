"""Run the steps on the connection that the store holds, inside its transaction."""

from alembic import context

from app.store.models import Base


def migrate() -> None:
    """Bring the tables up to this program."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        transactional_ddl=True,  # a half-made table is worse than none; SQLite can do it too
    )
    with context.begin_transaction():
        context.run_migrations()


migrate()
