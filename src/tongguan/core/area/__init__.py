"""Where a traveller may move: divisions of GB/T 2260 and the activity range of a scheme."""
