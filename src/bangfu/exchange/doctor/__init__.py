"""The doctor (体检): looks at machine and data, and says of each problem its cause and its cure."""
