"""How good, at our capacity? Metrics, their uncertainty, the champion, and the lockbox."""
