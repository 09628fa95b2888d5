"""Serve GeoJSON files with a real pygeoapi on a port of the loopback; run in its own process."""

import os
import sys
from pathlib import Path

import yaml
from werkzeug.serving import make_server

folder, port = Path(sys.argv[1]), int(sys.argv[2])
os.environ["PYGEOAPI_CONFIG"] = str(folder / "config.yml")
os.environ["PYGEOAPI_OPENAPI"] = str(folder / "openapi.yml")

from pygeoapi.openapi import generate_openapi_document  # noqa: E402  # reads the environment

document = generate_openapi_document(
    Path(os.environ["PYGEOAPI_CONFIG"]), "yaml", fail_on_invalid_collection=False
)
Path(os.environ["PYGEOAPI_OPENAPI"]).write_text(document, "utf-8")
yaml.safe_load(document)

from pygeoapi.flask_app import APP  # noqa: E402

make_server("127.0.0.1", port, APP).serve_forever()
