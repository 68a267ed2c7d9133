"""Which names a piece of Python uses from outside, by its symbol table."""

from __future__ import annotations

import symtable
from collections.abc import Iterator


def nested_tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    """The tables of all functions and classes inside one, at any depth."""
    for child in table.get_children():
        yield child
        yield from nested_tables(child)


def names_read(table: symtable.SymbolTable) -> set[str]:
    """Names that the code of a top-level table reads, and those that functions in it read from the top level."""
    names = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    for inner in nested_tables(table):
        names |= {symbol.get_name() for symbol in inner.get_symbols() if symbol.is_global() and symbol.is_referenced()}
    return names
