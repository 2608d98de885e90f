"""From an Analysis to the values of a report; each number is computed once."""
