"""A run for machines and people elsewhere: JUnit, a summary in Markdown with annotations, and a page of HTML.

JUnit is junitparser's and the page Jinja's. Markdown stays our own: what GitHub makes of a word (mentions, references,
formulas) is escaped by no library. ``elements.py`` stays for the verdict's pages, which are trees that are also drawn.
"""
