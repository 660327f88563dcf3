"""Index generations: their content, and how they are built, written, read and published."""
