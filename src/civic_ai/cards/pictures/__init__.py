"""What is drawn on the cards, a module for each picture."""
