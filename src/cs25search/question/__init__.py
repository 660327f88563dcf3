"""Reading a question, before any index is involved."""
