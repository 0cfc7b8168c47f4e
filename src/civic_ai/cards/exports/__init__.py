"""What other systems read: a module for each format."""
