"""Azure's Blob service, with the credentials and the client of adlfs."""
