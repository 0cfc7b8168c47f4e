"""The nouns: frozen values that name each other by digest."""
