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
) -> None:
    """Open the dashboard."""
    os.chdir(ROOT)  # Streamlit reads .streamlit/config.toml from here
    # Caches are declared before the server runs; that they begin in memory is no news to anybody.
    caching = logging.getLogger("streamlit.runtime.caching.cache_data_api")
    caching.addFilter(lambda record: "No runtime found" not in record.getMessage())
    from app.main import app  # noqa: PLC0415  # seconds that other commands need not pay
    from app.settings import SETTINGS  # noqa: PLC0415

    typer.echo(f"Kerbwatt on http://{host}:{port} (stop with Ctrl-C)", err=True)
    config = {  # over config.toml, which in turn beats STREAMLIT_* in the environment
        "server.address": host,
        "server.port": port,
        "server.allowedHosts": SETTINGS.hosts,
        "server.maxUploadSize": SETTINGS.limit_upload_mb,
        "server.fileWatcherType": "auto" if reload else "none",
    }
    try:
        app.run(config=config)
    except socket.gaierror as error:
        raise InputError(f"--host {host}: no address of this machine") from error
