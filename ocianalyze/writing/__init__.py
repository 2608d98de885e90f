"""Files and images written to disk: never outside the place asked for, whole or not at all."""
