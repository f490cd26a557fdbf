"""What takes two officers: units, proposals and alarms."""
