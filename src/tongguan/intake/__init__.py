"""The intake: places asked for in the second when booking opens, decided by groups."""
