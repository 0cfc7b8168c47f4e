"""Who decided, and why?"""
