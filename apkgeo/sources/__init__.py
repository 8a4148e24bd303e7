"""Files into tidy frames; nothing is lost on the way."""
