"""MLflow, and only here: a mirror for the scientist, never the record and never the gate."""
