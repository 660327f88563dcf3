"""Text to vectors, and Japanese words to vectors of the English encoder."""
