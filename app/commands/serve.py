"""``kerbwatt serve``."""

import logging
import os
import socket
from typing import Annotated

import typer

from app.core.errors import InputError
from app.paths import ROOT


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8501,
    *,
    reload: Annotated[bool, typer.Option(help="Reload when a file changes.")] = False,
    room: Annotated[
        bool, typer.Option("--room", help="Allow live rooms, which phones join by a code.")
    ] = False,
) -> None:
    """Open the dashboard."""
    os.chdir(ROOT)  # Streamlit reads .streamlit/config.toml from here
    # Caches are declared before the server runs; that they begin in memory is no news to anybody.
    caching = logging.getLogger("streamlit.runtime.caching.cache_data_api")
    caching.addFilter(lambda record: "No runtime found" not in record.getMessage())
    from app.main import app  # noqa: PLC0415  # seconds that other commands need not pay
    from app.services.rooms import ROOMS, public_names  # noqa: PLC0415
    from app.settings import SETTINGS  # noqa: PLC0415

    ROOMS.allowed, ROOMS.port = room, port
    names = [*SETTINGS.hosts, *public_names()] if room else SETTINGS.hosts
    typer.echo(f"Kerbwatt on http://{host}:{port} (stop with Ctrl-C)", err=True)
    if room:
        typer.echo(_opened(host, port, names), err=True)
    config = {  # over config.toml, which in turn beats STREAMLIT_* in the environment
        "server.address": host,
        "server.port": port,
        "server.allowedHosts": names,
        "server.maxUploadSize": SETTINGS.limit_upload_mb,
        "server.fileWatcherType": "auto" if reload else "none",
    }
    try:
        app.run(config=config)
    except socket.gaierror as error:
        raise InputError(f"--host {host}: no address of this machine") from error


def _opened(host: str, port: int, names: list[str]) -> str:
    """Say what live rooms open, and to whom."""
    words = (
        f"Live rooms may be opened: /room/<code> answers without sign-in to whoever reaches port "
        f"{port} as {', '.join(names)}"
    )
    local = host in {"127.0.0.1", "localhost"}
    return f"{words}{'; phones need --host 0.0.0.0' if local else ''}"
