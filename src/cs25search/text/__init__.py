"""Text processing that needs no index: words, n-grams, sentences, highlights."""
