"""Evidence of health: the sources, the one door it enters by, and what follows from it."""
