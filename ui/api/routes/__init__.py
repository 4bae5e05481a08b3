"""The routes of the HTTP API: what is asked, searched, listed and tested."""
