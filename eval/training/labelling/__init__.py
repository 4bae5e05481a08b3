"""Labels on passages of real companies' documents: what is asked, who labelled what, how to go on (README.md)."""
