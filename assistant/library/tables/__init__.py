"""The tables of the catalog: one module for each, and only these modules contain its SQL."""
