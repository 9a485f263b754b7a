"""Google Cloud Storage, through its JSON API, with the session and credentials of gcsfs."""
