"""What people fill in: checked for form here; what the rules forbid is said by the services."""
