"""Pages, officers' desk and API of one authority: forms and views over use cases, no rules."""
