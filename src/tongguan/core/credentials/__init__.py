"""Signed codes: keys, COSE messages, their text form for a QR code, status lists, holder tags."""
