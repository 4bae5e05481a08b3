"""Reads chats, transcripts and subtitles: who says what."""
