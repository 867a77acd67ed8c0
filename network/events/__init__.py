"""What happened: an append-only log, the outbox beside it, and the worker that delivers."""
