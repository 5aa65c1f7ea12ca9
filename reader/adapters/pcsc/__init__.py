"""PC/SC through pyscard: the only package that names it (docs/adr/0001). Facts: pcsc.md section 5.

Errors are told apart by the number that the service returns, never by its text. Waiting uses a context of its own for each
call, so a daemon that went away and came back is met with a fresh one.
"""

from reader.adapters.pcsc.connection import PcscConnection
from reader.adapters.pcsc.readers import PcscReaders
from reader.adapters.pcsc.watched import WatchedReaders
from reader.adapters.pcsc.watcher import CardWatcher, Change

__all__ = ["CardWatcher", "Change", "PcscConnection", "PcscReaders", "WatchedReaders"]
