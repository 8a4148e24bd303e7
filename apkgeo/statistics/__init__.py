"""Numbers in, numbers out: never a path, never a map."""
