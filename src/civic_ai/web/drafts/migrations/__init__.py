"""How the tables of drafts came to be what they are."""
