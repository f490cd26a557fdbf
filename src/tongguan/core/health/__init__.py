"""Health codes: the rules that give a colour, and the signed code that carries it."""
