"""The proof of the checks: right and wrong answers as students write them, and the checks tried against all of them."""
