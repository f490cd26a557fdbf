"""Booking: whether a party may have the places it asks for, quotas aside."""
