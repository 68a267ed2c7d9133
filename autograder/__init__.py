"""Checks and grades answers to the exercises; a notebook needs `from autograder import check` and nothing else."""

import sys

# jsonschema, with which nbformat validates, imports this where it is installed. It parses a grammar for two seconds, to
# tell internationalised addresses from other text, and no schema of a notebook asks for one. jsonschema goes on without
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
