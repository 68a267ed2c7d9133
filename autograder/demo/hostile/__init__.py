"""Hostile submissions in eleven groups, and a group of honest ones that must keep their points."""

from __future__ import annotations

from autograder.demo.hostile import (
    answers,
    bombs,
    endings,
    forgery,
    hangs,
    honest,
    mailboxes,
    network,
    notebooks,
    patches,
    snooping,
    writing,
)
from autograder.demo.hostile.attack import Attack

GROUPS: dict[str, tuple[Attack, ...]] = {
    "patched libraries": patches.ATTACKS,
    "forged verdicts": forgery.ATTACKS,
    "reading what is hidden": snooping.ATTACKS,
    "writing where it must not": writing.ATTACKS,
    "telling later cells": mailboxes.ATTACKS,
    "ending the process": endings.ATTACKS,
    "never ending": hangs.ATTACKS,
    "bombs": bombs.ATTACKS,
    "network and sockets": network.ATTACKS,
    "hostile answers": answers.ATTACKS,
    "hostile notebooks": notebooks.ATTACKS,
    "honest": honest.CONTROLS,
}
ATTACKS: dict[str, Attack] = {attack.name: attack for group in GROUPS.values() for attack in group}
