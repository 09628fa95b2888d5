"""Start the process that reads formats we do not parse ourselves, and mistrust its answer."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.sources.archive import layer_question
from app.sources.limits import size_text
from app.sources.problems import refuse
from app.sources.task import Task

SCRIPT = Path(__file__).with_name("_child.py")
MORE_DRIVERS = 3
NOWHERE = "http://127.0.0.1:9"
ANSWER_BYTES = 600_000_000
TRIES = 2
# Every vector driver of GDAL but the four that are read; the child stops if one is missing here.
SKIPPED = (
    *("MEM", "PCIDSK", "PDS4", "VICAR", "PDF", "MBTiles", "EEDA", "OGCAPI", "GDALG"),
    *("MapInfo File", "LVBAG", "S57", "DGN", "OGR_VRT", "CSV", "GML", "GPX", "LIBKML", "KML"),
    *("GeoJSONSeq", "ESRIJSON", "TopoJSON", "OGR_GMT", "SQLite", "WAsP", "OpenFileGDB", "DXF"),
    *("GeoRSS", "VFK", "PGDUMP", "OSM", "GPSBabel", "OGR_PDS", "WFS", "OAPIF", "EDIGEO", "Idrisi"),
    *("ODS", "XLSX", "Elasticsearch", "Carto", "AmigoCloud", "SXF", "Selafin", "JML", "PLSCENES"),
    *("CSW", "VDV", "MVT", "NGW", "MapML", "GTFS", "PMTiles", "JSONFG", "MiraMonVector", "ADBC"),
    *("AVCBin", "AVCE00", "AIVector", "HTTP"),
)
MESSAGES = {"ZIP-SIZE": ("size", "limit")}


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the child found: facts, and a table where the format has one."""

    facts: Mapping[str, Any]
    table: Any = None


def read_in_child(format_: str, files: Mapping[str, bytes], task: Task, **more: str) -> Answer:
    """Read files of one layer in a process of its own.

    ``files`` are the contents by suffix; their names on disk are ours.
    """
    suffix = ".shp" if format_ == "Shapefile" else next(iter(files))
    job = _job(format_, f"layer{suffix}", task) | more
    skipped = list(SKIPPED)
    for _ in range(TRIES):
        with tempfile.TemporaryDirectory(prefix="kerbwatt-") as name:
            folder = Path(name)
            for part, content in files.items():
                (folder / f"layer{part}").write_bytes(content)
            (folder / "job.json").write_text(json.dumps(job), "utf-8")
            code = _run(folder, skipped, task)
            facts = _facts(folder, code)
            if code != MORE_DRIVERS:
                _refusals(facts)
                return Answer(facts, _table(folder))
            skipped += facts["drivers"]
    raise refuse("SYS-CHILD")


def environment(folder: Path, skipped: list[str], *, sets: bool = False) -> dict[str, str]:
    """Build the whole environment of the child: nothing is inherited."""
    drivers = ",".join(skipped)
    home = str(folder)
    shut = {
        "GDAL_SKIP": drivers,
        "OGR_SKIP": drivers,
        "GDAL_HTTP_TIMEOUT": "1",
        "GDAL_HTTP_CONNECTTIMEOUT": "1",
        "GDAL_HTTP_MAX_RETRY": "0",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "PROJ_NETWORK": "OFF",
        "OGR_GEOJSON_MAX_OBJ_SIZE": "100",
        "LANG": "C.UTF-8",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
    proxies = ("GDAL_HTTP_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy")
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_NUM_THREADS", "GDAL_NUM_THREADS")
    folders = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
    shut |= dict.fromkeys(proxies, NOWHERE) | dict.fromkeys((*threads, "OGR_GPKG_NUM_THREADS"), "1")
    shut |= dict.fromkeys(folders, home)
    return shut if sets else shut | {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR"}


def _job(format_: str, file: str, task: Task) -> dict[str, Any]:
    limits = task.limits
    return {
        "format": format_,
        "file": file,
        "layer": task.answers.layer if format_ in {"GeoPackage", "XLSX"} else None,
        "rows": limits.rows(on_map=bool(task.kind.geometry)),
        "columns": limits.columns,
        "layers": limits.layers,
        "unpacked_bytes": limits.unpacked_bytes,
        "memory_bytes": limits.child_bytes,
        "processor_s": limits.child_processor_s,
    }


def _run(folder: Path, skipped: list[str], task: Task) -> int:
    """Run the child in a session of its own; kill all of it when its time is over."""
    sets = (folder / "layer.shp").exists()
    process = subprocess.Popen(  # noqa: S603  # our own script, in a folder of our own
        [sys.executable, "-I", str(SCRIPT), str(folder)],
        cwd=folder,
        env=environment(folder, skipped, sets=sets) | _windows(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(task.limits.child_wall_s)
    except subprocess.TimeoutExpired as error:
        raise refuse("SYS-TIME", s=task.limits.child_wall_s) from error
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()


def _windows() -> dict[str, str]:
    """Pass what no program starts without on Windows."""
    return {key: os.environ[key] for key in ("SYSTEMROOT",) if key in os.environ}


def _facts(folder: Path, code: int) -> dict[str, Any]:
    """Read the answer; a child that died, or an answer that cannot be read, is a refusal."""
    if hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU:
        raise refuse("SYS-TIME", s="the allowed")
    path = folder / "answer.json"
    if code not in {0, MORE_DRIVERS} or not path.is_file():
        raise refuse("SYS-CHILD")
    try:
        facts = json.loads(path.read_bytes()[:ANSWER_BYTES])
    except (ValueError, RecursionError) as error:
        raise refuse("SYS-CHILD") from error
    if not isinstance(facts, dict):
        raise refuse("SYS-CHILD")
    return facts


def _refusals(facts: Mapping[str, Any]) -> None:
    """Say in words what the child refused."""
    code = facts.get("problem")
    if code is None:
        return
    fields = dict(facts.get("fields", {}))
    if code == "ZIP-LAYERS":
        raise layer_question(tuple(str(name) for name in fields["names"]))
    for key in MESSAGES.get(code, ()):
        fields[key] = size_text(int(fields[key]))
    raise refuse(str(code), **fields)


def _table(folder: Path) -> Any:  # noqa: ANN401
    """Read the table, checking every byte of it: invalid text would pass unnoticed."""
    path = folder / "out.arrow"
    if not path.is_file():
        return None
    import pyarrow as pa  # noqa: PLC0415

    try:
        with pa.OSFile(str(path), "rb") as file:
            table = pa.ipc.open_file(file).read_all()
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise refuse("FILE-DAMAGED", format="data", where="its text or numbers") from error
    return table
