"""A question and what was found for it, to an answer with citations, or a refusal."""
