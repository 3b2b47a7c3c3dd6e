"""What is seen: one file for each page, and for each panel that grows past a screen."""
