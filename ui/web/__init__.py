"""The server of the web app: access checks, roles, logs and scripts."""
