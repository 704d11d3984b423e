"""The machine that releases and grades the course; instructors only, never part of what students get."""
