"""How a name of the records is put into words."""
