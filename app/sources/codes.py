"""Every sentence the intake can say of a file: one row per code."""

from collections.abc import Mapping
from types import MappingProxyType

from app.sources.codes_registers import REGISTERS
from app.sources.template import AGAIN, SEVERITIES, Severity, Template

__all__ = ("SEVERITIES", "TEMPLATES", "Severity", "Template")

_REPAIR = "Repair it in the source."
_FLAT = "Zip the files anew, without folders, links or password."
TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {
        **REGISTERS,
        "FILE-EMPTY": Template("error", "The file is empty.", AGAIN),
        "FILE-SIZE": Template(
            "error",
            "The file has {size}; the limit is {limit}.",
            "Cut it to your area, or simplify it.",
        ),
        "FILE-HTML": Template(
            "error",
            "This is a web page, not {suffix}: probably a log-in or error page that was saved.",
            "Download it again while logged in.",
        ),
        "FILE-TYPE": Template(
            "error",
            "The contents are {found}, but the name says {suffix}.",
            "Rename it, or export it in the right format.",
        ),
        "FILE-UNSUPPORTED": Template(
            "error", "{found} cannot be read.", "Export as GeoPackage, GeoJSON or CSV."
        ),
        "FILE-POINTER": Template(
            "error",
            "This file only points to other data ({found}); such files are not accepted.",
            "Send the data itself, or use Fetch.",
        ),
        "FILE-PICKLE": Template(
            "error",
            "Pickle files can run programs and are never opened.",
            "Export as Parquet or CSV.",
        ),
        "FILE-COMPRESSED": Template(
            "error",
            "Compressed {found} is not accepted as an upload.",
            "Unpack it first, or use zip.",
        ),
        "FILE-DAMAGED": Template("error", "The {format} file is damaged: {where}.", AGAIN),
        "FILE-KIND": Template("error", "{found} holds no such layer.", "Take it in as “{kind}”."),
        "FILE-SCAN": Template(
            "error",
            "The scanner of this server {why}.",
            "Ask whoever runs the server; nothing of the file was kept.",
        ),
        "FILE-ROWS": Template(
            "error", "The file has {n} {what}; the limit is {limit}.", "Cut it to your area."
        ),
        "ZIP-COUNT": Template(
            "error", "The zip holds {n} files (limit {limit}).", "Zip only the layer."
        ),
        "ZIP-SIZE": Template(
            "error", "Unpacked it would be {size} (limit {limit}).", "Zip only the layer."
        ),
        "ZIP-RATIO": Template(
            "error", "{entry} unpacks to {ratio} times its size.", "Zip only the layer."
        ),
        "ZIP-PATH": Template("error", "The zip has unsafe paths ({entry}).", _FLAT),
        "ZIP-LINK": Template("error", "The zip holds links ({entry}).", _FLAT),
        "ZIP-NESTED": Template("error", "The zip holds another archive ({entry}).", _FLAT),
        "ZIP-LOCKED": Template("error", "The zip has a password ({entry}).", _FLAT),
        "ZIP-NONE": Template(
            "error", "The zip holds no layer that can be read.", "Zip the layer's own files."
        ),
        "ZIP-LAYERS": Template(
            "error", "The file holds {n} layers: {names}; choose one.", "Say which in `layer`."
        ),
        "ZIP-OTHER": Template("notice", "Not read from the zip: {names}."),
        "SHP-PART": Template(
            "error",
            "{part} is missing from the shapefile set.",
            "Zip .shp, .shx, .dbf and .prj together.",
        ),
        "SHP-DAMAGED": Template("error", "The shapefile is damaged at record {row}.", AGAIN),
        "SHP-COUNT": Template(
            "error", "{first} and {second} disagree ({a} against {b} records).", AGAIN
        ),
        "XML-DEEP": Template("error", "The XML is nested too deeply.", AGAIN),
        "XML-DOCTYPE": Template(
            "error", "XML with a document type or entities is not accepted.", AGAIN
        ),
        "JSON-SYNTAX": Template(
            "error", "Not valid JSON at line {line}: {what}.", "Export or download it again."
        ),
        "JSON-TRUNCATED": Template(
            "error",
            "The file is not complete: it stops at byte {n}.",
            "Export or download it again.",
        ),
        "JSON-DEEP": Template("error", "The JSON is nested too deeply.", "Export it again."),
        "JSON-FEATURE": Template("error", "Feature {row} is not a GeoJSON feature.", _REPAIR),
        "PARQUET-NOGEO": Template(
            "error",
            "The Parquet file has no geometry metadata.",
            "Export it as GeoParquet.",
        ),
        "CRS-MISSING": Template(
            "error", "No coordinate system is given{guess}.", "Choose one (`crs`)."
        ),
        "CRS-UNKNOWN": Template("error", "Unknown coordinate system {crs}.", "Choose one (`crs`)."),
        "CRS-LINK": Template(
            "error",
            "A linked coordinate system is not supported.",
            "Write longitude and latitude, or name the system by its EPSG code.",
        ),
        "CRS-RANGE": Template(
            "error",
            "The coordinates ({x}, {y}) do not fit {declared}; this looks like {epsg} ({name}).",
            "Confirm the system (`crs`).",
        ),
        "CRS-SWAPPED": Template(
            "error",
            "The points lie {km} km from {area}; x and y look exchanged.",
            "Confirm exchanging them (`swap_xy`).",
        ),
        "CRS-MEMBER": Template("notice", "The file names {epsg}; reprojected."),
        "CRS-HEIGHT": Template("notice", "{crs} has heights; its flat part {flat} is used."),
        "CRS-BALLPARK": Template(
            "warning",
            "Only an approximate conversion from {crs} is available (up to about {m} m off).",
            "Check on the map that streets and shapes meet.",
        ),
        "CRS-TABLE": Template("notice", "{headers} are read as {crs}."),
        "AREA-OUTSIDE": Template(
            "error",
            "{n} of {total} features lie in {area}; the centre is {km} km {direction} of it.",
            "Wrong file or wrong project? A larger map may be cut to the project (`clip`).",
        ),
        "AREA-PARTLY": Template(
            "warning", "{n} of {total} features lie outside {area} and were set aside."
        ),
        "GEO-NONE": Template("error", "The layer has no features.", AGAIN),
        "GEO-MISSING": Template(
            "warning", "{n} of {total} features have no geometry (rows {rows}).", _REPAIR
        ),
        "GEO-NAN": Template(
            "error", "Feature {row} has a coordinate that is not a finite number.", _REPAIR
        ),
        "GEO-DAMAGED": Template("error", "Feature {row} has a damaged geometry.", _REPAIR),
        "GEO-RING": Template(
            "error",
            "Feature {row}: a ring is not closed or has fewer than 4 points.",
            _REPAIR,
        ),
        "GEO-VERTICES": Template(
            "error",
            "Feature {row} has {n} vertices (limit {limit}).",
            "Simplify it to about 1 m.",
        ),
        "GEO-Z": Template("notice", "Heights were dropped (up to {z})."),
        "GEO-WIDE": Template(
            "error",
            "Feature {row} spans {deg} degrees; does it cross the 180th meridian?",
            "Split it there.",
        ),
        "GEO-TYPE": Template(
            "error", "Expected {wanted}; found {counts} (rows {rows}).", "Separate the layers."
        ),
        "GEO-COLLECTION": Template(
            "error", "Geometry collections are not supported (row {row}).", "Separate the layers."
        ),
        "GEO-REPAIRED": Template(
            "notice",
            "{name} (row {row}) crosses itself near {x}, {y}; repaired: {before} → {after} ha.",
            "Check it on the map.",
        ),
        "GEO-VANISHED": Template(
            "error", "{name} (row {row}) has no extent left after repair.", _REPAIR
        ),
        "GEO-OVERLAP": Template(
            "notice",
            "{a} and {b} overlap by {pct} % of the smaller one.",
            "Demand would be counted twice; where districts overlap, the lower id counts.",
        ),
        "GEO-OVERLAPS": Template(
            "notice",
            "{n} pairs overlap a little, {total} % of the area in sum; the most, {a} and {b}, "
            "by {pct} % of the smaller one.",
        ),
        "GEO-GAP": Template("notice", "{pct} % ({km2} km²) between the districts is not covered."),
        "GEO-COVER": Template(
            "notice",
            "{pct} % of {area} is covered by none of these districts.",
            "Is part of the city missing?",
        ),
        "GEO-DUPLICATE": Template("warning", "Rows {rows} have the same shape."),
        "TAB-ENCODING": Template(
            "notice", "Read as {encoding}.", "Correct it under “How was it read”."
        ),
        "TAB-DIALECT": Template(
            "notice",
            "Read with {delimiter} between columns and {decimal} as decimal mark.",
            "Correct it under “How was it read”.",
        ),
        "TAB-TITLE": Template("notice", "{n} lines above the header were skipped."),
        "TXT-ENCODING": Template(
            "warning",
            "The text is not valid {claimed}; read as {used}.",
            "Correct it under “How was it read”.",
        ),
        "TAB-HEADER": Template(
            "error", "No header row was found.", "Add a first row with the names of the columns."
        ),
        "TAB-RAGGED": Template("error", "Row {row} has {n} columns; {expected} expected.", _REPAIR),
        "TAB-QUOTE": Template("error", "A quote opened in row {row} is never closed.", _REPAIR),
        "TAB-CELL": Template(
            "error", "A cell in row {row} has more than {limit} characters.", _REPAIR
        ),
        "TAB-GEOMETRY": Template(
            "error",
            "This kind needs a location; no longitude and latitude, x and y, or geometry column "
            "was found.",
            "Add them, or join to a map.",
        ),
        "TAB-LEADINGZERO": Template("notice", "{column} keeps its leading zeros as text."),
        "XLS-FORMULA": Template(
            "error", "{cells} hold a formula without a value.", "Paste values only."
        ),
        "XLS-COMPUTED": Template("notice", "{n} cells hold formulas; their saved values are used."),
        "XLS-LINK": Template("error", "The workbook refers to other files.", "Paste values only."),
        "COL-MISSING": Template(
            "error", "Column {column} ({meaning}) is missing.", "Map it by hand (`columns`)."
        ),
        "COL-AMBIGUOUS": Template(
            "notice",
            "{headers} could each be {column}; none is used.",
            "Map it by hand (`columns`).",
        ),
        "COL-DUPLICATE": Template("error", "Two columns are called {column}.", "Rename one."),
        "COL-MAPPED": Template("notice", "“{header}” is read as {column}{also}."),
        "COL-UNIT": Template("notice", "{column} is converted from {unit} (× {factor})."),
        "COL-DEFAULT": Template("notice", "No column says {meaning}; taken as {value}."),
        "COL-COMPUTED": Template("notice", "{column} is {how} in {n} rows."),
        "COL-KEPT": Template("notice", "“{header}” is kept as “{column}”."),
        "VAL-NUMBER": Template(
            "warning", "{column}, row {row}: “{value}” is text; read as {number}."
        ),
        "VAL-DECIMAL": Template(
            "error", "{column}, row {row}: “{value}” could be {a} or {b}.", "Say `decimal`."
        ),
        "VAL-UNUSABLE": Template(
            "warning", "Rows {rows} have no usable {column}; they stay unknown."
        ),
        "VAL-NEGATIVE": Template(
            "warning", "{column} is {value} in row {row}: taken as overloaded."
        ),
        "VAL-RANGE": Template(
            "error",
            "{column} {value} in row {row} is not plausible (limit {limit}).",
            "Correct it, or give the unit.",
        ),
        "VAL-UNIT": Template(
            "warning", "The {measure} {column} is {value}; are these {unit}?", "Give the unit."
        ),
        "VAL-CHOICE": Template(
            "warning",
            "{column} “{value}” is not known (rows {rows}).",
            "Use one of {choices}.",
        ),
        "VAL-DOUBTFUL": Template("warning", "{what} in rows {rows}: please check."),
        "VAL-ORDER": Template("error", "{later} is before {earlier} in rows {rows}.", _REPAIR),
        "VAL-PERCENT": Template("notice", "{column} is in percent; divided by 100."),
        "VAL-DATE": Template(
            "error", "{column}, row {row}: “{value}” is not a usable date.", _REPAIR
        ),
        "VAL-SERIAL": Template(
            "notice", "{column}: {n} spreadsheet day numbers are read as dates."
        ),
        "VAL-ZONE": Template("notice", "{column} has no offset; read as {timezone} time."),
        "VAL-STAMP": Template(
            "notice", "“{header}” is the end of each interval; moved back by {minutes} minutes."
        ),
        "VAL-DATE-AMBIGUOUS": Template(
            "error", "{column}: “{value}” could be {a} or {b}.", "Say `dayfirst`."
        ),
        "ID-DUPLICATE": Template("error", "Id {id} appears {n} times (rows {rows}).", _REPAIR),
        "ID-MISSING": Template("error", "Rows {rows} have no {column}.", _REPAIR),
        "ID-TOOBIG": Template("error", "The id {id} is too large or too long.", "Use a short id."),
        "ID-OTHER": Template("notice", "Ids are taken from {column}."),
        "ID-GENERATED": Template("notice", "Ids were made from name and place."),
        "ID-MERGED": Template(
            "warning",
            "{n} rows repeated id, place and values of another row and were merged (rows {rows}).",
        ),
        "ID-SUFFIX": Template(
            "warning", "{n} repeated ids were told apart by -2, -3 (rows {rows})."
        ),
        "TXT-CONTROL": Template(
            "warning", "{column}, row {row} contained control characters; removed."
        ),
        "TXT-MARKUP": Template(
            "warning", "{column}, row {row} contains markup; shown as plain text."
        ),
        "TXT-FORMULA": Template(
            "notice", "{column}, row {row} begins like a formula; exports make it plain text."
        ),
        "SYS-CHILD": Template(
            "error", "The reader stopped.", "Cut the file; tell us if it is small."
        ),
        "SYS-TIME": Template(
            "error", "Reading took longer than {s} s.", "Cut the file; tell us if it is small."
        ),
        "SYS-MEMORY": Template(
            "error",
            "Reading needed more than {mb} MB.",
            "Cut the file; tell us if it is small.",
        ),
    }
)
