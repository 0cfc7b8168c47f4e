"""A desk to try: seven people of invented cities, and a case in each state of the workflow."""
