"""The pass: one person, one leg, one slot of one day at one control point, signed."""
