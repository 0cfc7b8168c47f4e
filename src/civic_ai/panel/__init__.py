"""What was known when?"""
