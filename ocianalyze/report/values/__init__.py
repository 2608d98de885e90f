"""What a report says, as plain versioned values."""
