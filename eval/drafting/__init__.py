"""Drafts of cases: from documents, from models, and from the feedback of users."""
