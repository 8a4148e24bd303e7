"""Where patrols were, for how long, and whether that is where and when the trouble is."""
