"""What everything leans on: errors, canonical JSON, dates, messages."""
