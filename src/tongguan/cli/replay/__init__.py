"""The talks behind a scheme replayed: every version checked, compared, signed and lived under."""
