"""Does it meet what is required?"""
