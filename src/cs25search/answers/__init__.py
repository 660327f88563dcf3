"""From a question and its hits to an answer with citations, or a refusal."""
