"""What the layers add up to: union trees, changes and waste. Pure functions of an Image; opens nothing."""
