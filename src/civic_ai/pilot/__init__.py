"""What does the city promise?"""
