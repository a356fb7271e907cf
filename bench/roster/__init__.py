"""What `bench/import.py` measures: an invented roster as a workbook, and the peer."""
