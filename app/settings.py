"""What the operator of a server may set: ``KERBWATT_<NAME>`` in the environment."""

import os
import secrets
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _home() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "kerbwatt"


class Settings(BaseSettings):
    """Every setting, with its default and what it is for."""

    model_config = SettingsConfigDict(env_prefix="KERBWATT_", frozen=True)

    city: str = Field("utrecht", description="The bundled city a new visitor sees.")
    hosts: list[str] = Field(
        ["localhost", "127.0.0.1"],
        description="Names under which visitors reach the server; stops DNS rebinding. JSON.",
    )
    home: Path = Field(
        default_factory=_home,
        description="Folder for saved scenarios and loaded layers.",
    )
    database_url: str | None = Field(
        None, description="A PostgreSQL address where several servers share projects."
    )
    blobs: str | None = Field(None, description="Folder for layers; default: inside the home.")
    basemap: str | None = Field(None, description="Address of a map style; default: none.")
    threads: int = Field(
        default_factory=lambda: (
            len(os.sched_getaffinity(0))
            if hasattr(os, "sched_getaffinity")
            else os.cpu_count() or 1
        ),
        ge=1,
        description="Threads the engine may use.",
    )
    map_store_mb: int = Field(256, ge=1, description="The most memory published maps may hold.")
    row_cache_mb: int = Field(
        256, ge=1, description="The most memory answers for single transformers may hold."
    )
    link_hours: int = Field(12, ge=1, description="How long the address of a map stays valid.")
    allow_hosts: list[str] = Field(
        [],
        description="Further hosts to fetch open data from; a leading dot takes a domain. JSON.",
    )
    allow_private: bool = Field(
        default=False, description="Fetch over plain http and from one's own network, too."
    )
    proxy: str | None = Field(None, description="The proxy that fetches of open data go through.")
    contact: str = Field("", description="Whom services may write to about our requests.")
    cache: Path | None = Field(None, description="Folder of fetched answers; default: in the home.")
    limit_upload_mb: int = Field(100, ge=1, description="The largest file that may be loaded.")
    limit_unpacked_mb: int = Field(250, ge=1, description="The most an archive may unpack to.")
    limit_ratio: int = Field(100, ge=1, description="How often its size an entry may unpack to.")
    limit_entries: int = Field(100, ge=1, description="The most files in one archive.")
    limit_depth: int = Field(64, ge=8, description="The deepest nesting of JSON.")
    limit_rows: int = Field(250_000, ge=1, description="The most rows of a map layer.")
    limit_table_rows: int = Field(
        5_000_000, ge=1, description="The most rows of sessions, loads or prices."
    )
    limit_columns: int = Field(300, ge=1, description="The most columns of a layer.")
    limit_vertices_feature: int = Field(
        50_000, ge=4, description="The most corners one shape may have."
    )
    limit_vertices_layer: int = Field(
        2_000_000, ge=4, description="The most corners of all shapes of a layer together."
    )
    limit_cell_characters: int = Field(10_000, ge=1, description="The longest text in one cell.")
    limit_layers: int = Field(50, ge=1, description="The most layers or sheets in one file.")
    limit_child_mb: int = Field(2048, ge=256, description="Memory of the process that reads files.")
    limit_child_cpu_s: int = Field(
        30, ge=1, description="Processor time of the process that reads files."
    )
    limit_child_s: int = Field(60, ge=1, description="The longest a file may take to read.")
    limit_files_hour: int = Field(
        200, ge=1, description="The most different files one visitor may load in an hour."
    )
    limit_project_mb: int = Field(2000, ge=1, description="The most the layers of a project hold.")
    limit_own_mb: int = Field(
        2048, ge=1, description="The largest table that a command may be given."
    )
    limit_own_rows: int = Field(
        10_000_000, ge=1, description="The most rows of a table that a command may be given."
    )
    limit_own_steps: int = Field(
        50_000_000, ge=1, description="The most quarter hours, over all transformers, of a table."
    )
    scan_command: list[str] = Field(
        [], description="A virus scanner: its words; the file's path is added at the end. JSON."
    )
    public_url: str | None = Field(
        None, description="The address phones reach this server under, for live rooms."
    )
    secret: SecretStr = Field(
        default_factory=lambda: SecretStr(secrets.token_hex(32)),
        description="Signs addresses of maps. Set it where several servers share visitors.",
    )


SETTINGS = Settings()
