"""Pages: what a person sees and sends; no tables, one call for the data of each view."""
