"""CertLogic: the language in which countries publish the rules that a health certificate meets."""
