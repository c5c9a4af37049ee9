"""What calls cost: prices, and the budget from which each call is taken."""
