"""Language without an index: words, n-grams, sentences, highlights."""
