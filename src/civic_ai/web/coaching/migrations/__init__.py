"""How the tables of comments and scores came to be what they are."""
