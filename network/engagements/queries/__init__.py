"""What pages of terms and of agreed work read."""
