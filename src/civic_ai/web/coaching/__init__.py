"""What a coach and a team say to each other beside the ledger: comments and scores. None of it binds."""
