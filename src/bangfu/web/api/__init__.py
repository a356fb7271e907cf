"""The API (接口): facts in batches, one's own obligations, figures and kinds, as JSON."""
