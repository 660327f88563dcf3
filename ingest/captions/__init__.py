"""Caption files to cues."""
