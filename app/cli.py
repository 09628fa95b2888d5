"""Plan charging from the command line: the same engine, without a browser."""

import pkgutil
from importlib import import_module

import typer

import app.commands
from app.core.errors import KerbwattError

cli = typer.Typer(
    help=__doc__, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False
)


def _register() -> None:
    """Give the terminal one command per one-word module of ``app.commands``, named like it.

    A command with commands of its own is a ``typer.Typer`` there, else a function. Modules of
    two words, such as ``simulate_project``, are halves of a command.
    """
    for module in pkgutil.iter_modules(app.commands.__path__):
        if "_" not in module.name:
            loaded = import_module(f"app.commands.{module.name}")
            found = getattr(loaded, module.name)
            if isinstance(found, typer.Typer):
                cli.add_typer(found, name=module.name)
            else:
                cli.command(name=module.name)(found)


_register()


def main() -> None:
    """Run; refuse bad input with status 2 and one sentence per problem."""
    try:
        cli()
    except KerbwattError as error:
        typer.echo(f"kerbwatt: {error}", err=True)
        raise SystemExit(2) from error
