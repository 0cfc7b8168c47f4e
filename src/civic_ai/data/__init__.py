"""What did the city hand over?"""
