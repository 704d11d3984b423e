"""Hidden tests: one module an assignment, one function a promise. Nothing here ever enters a student's kernel."""
