"""The pages, one module each: gather a view from the domain layer, render it."""
