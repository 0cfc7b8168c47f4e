"""For whom does it work less well, and who does not report?"""
