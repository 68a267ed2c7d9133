"""Proof by mutation: right answers with one small change, each killed by its check, shown equivalent, or listed."""
