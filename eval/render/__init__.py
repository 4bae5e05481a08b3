"""A run for machines and people elsewhere: JUnit, a summary in Markdown with annotations, and a page of HTML."""
