"""E-mail: single messages, mailboxes and quoted replies."""
