"""The web app's server: whom it answers, and which scripts run."""
