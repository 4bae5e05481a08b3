"""Renders a run for other programs and for people: JUnit, a summary in Markdown with annotations, and an HTML page.

JUnit is written by junitparser, and the page by Jinja. Markdown is written by our own code: no library escapes what
GitHub turns into mentions, references and formulas.
"""
