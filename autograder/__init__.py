"""Checks and grades answers to the exercises; a notebook needs `from autograder import check` and nothing else."""

import sys

# jsonschema, with which nbformat validates, imports these where they are installed. They parse a grammar for two
# seconds, and compile patterns for a tenth of one, to tell addresses and durations from other text; no schema of a
# notebook asks for either. jsonschema goes on without
for _module in ("rfc3987_syntax", "rfc3986_validator", "isoduration"):
    sys.modules.setdefault(_module, None)  # type: ignore[arg-type]
