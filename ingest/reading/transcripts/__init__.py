"""Chats, transcripts and subtitles: who says what."""
