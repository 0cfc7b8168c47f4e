"""What would each have predicted?"""
