"""What stands in the tables of the audit report and the record."""
