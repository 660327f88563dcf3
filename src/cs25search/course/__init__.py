"""The course records and their reader; the bundled course is in cs25/."""
