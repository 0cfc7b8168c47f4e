"""What runs, where, until when: only what was approved, exactly as it was approved."""
