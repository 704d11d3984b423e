"""Public checks, one module an assignment: they tell a student what is right and score nothing."""
