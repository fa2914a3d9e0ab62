"""What is measured and not tested: run by hand, never by pytest."""
