"""The machine that releases and grades the course; instructors only, never part of what students get."""

import sys

# For addresses in other alphabets, which no notebook's schema has, jsonschema would have a parser built: 0.7 s a process.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
