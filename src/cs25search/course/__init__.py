"""What a course is and how it is read; the bundled one lies in cs25/."""
