"""What is not on the ledger: statements that nobody has signed yet."""
