"""A step of the workflow in three screens: the form, the statement in words, what was signed. No kind of step
has code of its own: forms and words are read from its record."""
