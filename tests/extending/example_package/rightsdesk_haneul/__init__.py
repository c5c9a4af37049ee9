"""What Haneul Press adds to Rightsdesk."""
