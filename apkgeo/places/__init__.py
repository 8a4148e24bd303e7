"""Where: joining points to areas, grids, rings, addresses and districts."""
