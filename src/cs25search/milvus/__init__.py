"""The index in Milvus instead of files; other packages import this one only on demand."""
