"""Checks and grades answers to the exercises; a notebook needs `from autograder import check` and nothing else."""

import sys

# jsonschema, with which nbformat validates, imports these where they are installed, to tell addresses and durations
# from other text; no schema of a notebook asks for either. The first takes two seconds, to parse a grammar, the others
# a tenth of a second. jsonschema goes on without
for _module in ("rfc3987_syntax", "rfc3986_validator", "isoduration"):
    sys.modules.setdefault(_module, None)  # type: ignore[arg-type]
