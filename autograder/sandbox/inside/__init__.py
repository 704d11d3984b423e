"""The only code of the autograder that enters a student's kernel; it knows no check, no oracle and no score."""
