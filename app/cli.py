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
    """Give the terminal one command per module of ``app.commands`` that is named like it."""
    for module in pkgutil.iter_modules(app.commands.__path__):
        loaded = import_module(f"app.commands.{module.name}")
        command = getattr(loaded, module.name, None)
        if command is not None:
            cli.command(name=module.name)(command)


_register()


def main() -> None:
    """Run; refuse bad input with status 2 and one sentence per problem."""
    try:
        cli()
    except KerbwattError as error:
        typer.echo(f"kerbwatt: {error}", err=True)
        raise SystemExit(2) from error
