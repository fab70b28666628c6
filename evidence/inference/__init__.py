"""What a test says, in numbers and in rules. Pure functions: no database."""
