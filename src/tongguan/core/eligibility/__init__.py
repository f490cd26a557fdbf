"""Who may go: an application against the categories of the phase that holds."""
