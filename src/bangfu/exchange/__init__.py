"""What goes out of a county and comes in again: backups."""
