"""Item formats, in and out. Everything works on bytes in memory; nothing here opens a file or a connection."""
