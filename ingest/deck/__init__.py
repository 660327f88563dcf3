"""The text of a slide deck to slides, and slides to videos."""
