"""Pages for travellers and the public, one module for each noun."""
