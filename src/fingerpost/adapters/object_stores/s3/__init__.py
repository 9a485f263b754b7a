"""S3, and every server with the same protocol, through the client that s3fs makes."""
