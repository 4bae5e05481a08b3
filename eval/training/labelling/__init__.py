"""Labels on passages of real companies' documents. README.md says what was asked, who labelled what, and how to
go on.
"""
