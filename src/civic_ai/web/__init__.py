"""The review desk: where people read, ask, vote and sign. The domain layer decides; a page only shows."""
