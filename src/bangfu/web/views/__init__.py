"""One module for each page or group of pages; each view makes one call for its data."""
