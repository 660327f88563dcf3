"""The index in Milvus instead of files; nothing else imports this package at start."""
