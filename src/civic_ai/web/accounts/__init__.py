"""Accounts: who may sign in, and as whom they stand on the ledger's roster."""
