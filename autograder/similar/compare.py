"""Compare every pair of works, and find those that are alike far beyond what is usual in the class.

copydetect turns code into fingerprints: hashes of every GRAM characters of the code, in which each variable is V, each
function F, each string S, and comments and spaces are gone. So other names, comments and layouts change nothing, and
moved statements change little. What was released or is in the model solution counts nothing. A fingerprint counts
log(n / students of n who have it): most where two have it, nothing where all have. Short answers are compared
together: that one of them is alike means nothing.

Not covered: code that was rewritten statement by statement; what more than about a third of a class shares.
"""

from __future__ import annotations

import io
import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

import numpy as np
from copydetect import CodeFingerprint, compare_files
from scipy.sparse import lil_array  # type: ignore[import-untyped]

from autograder.similar.own_code import Work

GRAM = 16  # characters of filtered code in a fingerprint: five to eight tokens
SHORTEST = 150  # fingerprints of its own that a part must have to be compared
SHORT_ANSWERS = "short answers together"
ALIKE = 0.6  # the least similarity of a part that is shown
FAR = 5.0  # robust standard deviations above the median of the class
LEAST_SPREAD = 0.06  # of similarities, where a class hardly differs
COMMENTS_ENOUGH = 2  # comments in the same words, which show a pair by themselves
FEWEST = 3  # students that can be compared; with two, nothing says what is usual
FEW = 8  # students below which what is usual is uncertain


@dataclass(frozen=True)
class Alike:
    """One part of two students' work that is alike."""

    part: str  # exercise, module or the student's own cells
    similarity: float  # 0 to 1
    usual: float  # the median of all pairs in the class
    distance: float  # robust standard deviations above it


@dataclass(frozen=True)
class Pair:
    """Two students whose work somebody should look at."""

    students: tuple[str, str]
    parts: tuple[Alike, ...]  # the most unusual first
    comments: tuple[str, ...]  # in the same words, in no other work
    names: tuple[str, ...]  # given by both, in no other work
    mistakes: tuple[str, ...]  # made by both, and by hardly anybody else

    @property
    def weight(self) -> float:
        """What the list is sorted by: how far beyond the class, and the traces that are rarely shared by chance."""
        far = sum(min(part.distance, 3 * FAR) for part in self.parts)
        return far + 4.0 * len(self.comments) + 3.0 * len(self.mistakes) + 1.0 * min(len(self.names), 6)


@dataclass(frozen=True)
class Usual:
    """What is usual in the class for one part."""

    part: str
    students: int  # who have one that is long enough
    median: float  # similarity of all pairs in the class
    highest: float  # below which nine pairs of ten are


class Prints:
    """The fingerprints of one part of every student's work, without those of `known` code."""

    def __init__(self, part: str, works: Sequence[Work], known: Iterable[str]) -> None:
        self.part = part
        common = set[int]().union(*(fingerprint(source).hashes for source in known))
        self.of = dict[str, CodeFingerprint]()
        for work in works:
            if part in work.parts:
                print_ = copy(fingerprint(work.parts[part]))
                print_.hashes = print_.hashes - common
                print_.hash_idx = {key: value for key, value in print_.hash_idx.items() if key in print_.hashes}
                if len(print_.hashes) >= SHORTEST:
                    self.of[work.student] = print_
        self.similarity = similarities(self.of, len(works))
        every = math.comb(len(works), 2)
        # two of whom one has no such part, or a short one, are not alike in it
        self._all = sorted([*self.similarity.values(), *[0.0] * (every - len(self.similarity))])
        self.median = statistics.median(self._all) if every else 0.0
        spread = 1.4826 * statistics.median(abs(value - self.median) for value in self._all) if every else 0.0
        self.spread = max(spread, LEAST_SPREAD)

    def alike(self, pair: tuple[str, str]) -> Alike | None:
        """The part as one that is alike; None if it is not, or only as much as usual."""
        value = self.similarity.get(pair)
        if value is None:
            return None
        distance = (value - self.median) / self.spread
        return Alike(self.part, value, self.median, distance) if value >= ALIKE and distance >= FAR else None

    def usual(self) -> Usual:
        return Usual(self.part, len(self.of), self.median, self._all[int(0.9 * (len(self._all) - 1))])

    def same_places(self, pair: tuple[str, str]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """(start, end) of what is alike in the source of each of the two."""
        _, _, slices = compare_files(*(self.of[student] for student in pair))
        first, second = ([(int(a), int(b)) for a, b in zip(*part, strict=True)] if len(part) else [] for part in slices)
        return first, second


def similarities(prints: Mapping[str, CodeFingerprint], size: int) -> dict[tuple[str, str], float]:
    """Of each pair: the weight of the fingerprints that both have, of the most that the shorter one could share.

    Args:
        size: of the class; empty where it is below FEWEST, as nothing says then what is usual.
    """
    students = sorted(prints)
    if len(students) < 2 or size < FEWEST:
        return {}
    columns = {key: k for k, key in enumerate(set[int]().union(*(prints[student].hashes for student in students)))}
    held = lil_array((len(students), len(columns)))
    for row, student in enumerate(students):
        held[row, [columns[key] for key in prints[student].hashes]] = 1.0
    has = held.tocsr()
    weight = np.log(size / has.sum(axis=0))
    shared = (has.multiply(weight).tocsr() @ has.T).toarray()
    most = np.minimum.outer(has.sum(axis=1), has.sum(axis=1)) * math.log(size / 2)
    pairs = combinations(range(len(students)), 2)
    return {(students[a], students[b]): float(shared[a, b] / most[a, b]) for a, b in pairs}


@lru_cache(maxsize=20_000)
def fingerprint(source: str) -> CodeFingerprint:
    """All fingerprints of a source: with a window of 1 none is left out, so the result is the same in every run."""
    return CodeFingerprint("source.py", GRAM, 1, fp=io.StringIO(source), language="python")


def short_parts(works: Sequence[Work]) -> list[str]:
    """The parts whose usual length says too little by itself."""
    lengths: dict[str, list[int]] = defaultdict(list)
    for work in works:
        for part, source in work.parts.items():
            lengths[part].append(len(fingerprint(source).hashes))
    return [part for part, counts in lengths.items() if statistics.median(counts) < SHORTEST]


def with_short_answers_together(work: Work, short: Iterable[str]) -> Work:
    """The work with its short parts as one more part."""
    parts = [work.parts[part] for part in short if part in work.parts]
    together = {SHORT_ANSWERS: "\n\n".join(parts)} if len(parts) > 1 else {}
    return replace(work, parts={**work.parts, **together})


def compare(works: Sequence[Work], known: Work) -> tuple[list[Pair], dict[str, Prints]]:
    """The pairs to look at, the most unusual first, and the fingerprints of each part, SHORT_ANSWERS among them.

    known: what everybody has: the model solution, in its parts, comments and names.
    """
    released = list(known.parts.values())
    works = [with_short_answers_together(work, short_parts(works)) for work in works]
    names = list(dict.fromkeys(part for work in works for part in work.parts))
    prints = {name: Prints(name, works, released) for name in names}
    comments = Counter(text for work in works for text in work.comments - known.comments)
    given = Counter(name for work in works for name in work.names - known.names)
    mistakes = Counter(mistake for work in works for mistake in work.mistakes)
    rare = max(2, len(works) // 10)
    pairs = []
    for a, b in combinations(sorted(works, key=lambda work: work.student), 2):
        students = (a.student, b.student)
        parts = [alike for print_ in prints.values() if (alike := print_.alike(students))]
        same = tuple(sorted(text for text in a.comments & b.comments if comments[text] == 2))
        if parts or len(same) >= COMMENTS_ENOUGH:
            parts.sort(key=lambda alike: -alike.distance)
            odd = tuple(sorted(name for name in a.names & b.names if given[name] == 2))
            errors = tuple(sorted(item for item in a.mistakes & b.mistakes if mistakes[item] <= rare))
            pairs.append(Pair(students, tuple(parts), same, odd, errors))
    return sorted(pairs, key=lambda pair: (-pair.weight, pair.students)), prints
