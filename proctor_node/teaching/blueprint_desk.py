"""Blueprints on the node: what the bank has for each cell, the printed matrix, and forms that are sealed as they are made.

A form made here is sealed for the three officers at once and its key goes to grading: neither is shown on a page, and the
content stands nowhere in the clear (DESIGN.md section 7).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from exam_engine.commands import ItemFacts
from proctor_node.errors import Refused
from proctor_node.node import Node
from proctor_node.teaching.bank_desk import BankDesk
from question_bank import blueprint as blueprints
from question_bank import form as forms
from question_bank import matrix, mixing, sealed_form
from question_bank.assembly import pool as pooling
from question_bank.assembly.words import cell_name_vi
from question_bank.blueprint import Blueprint
from question_bank.chance import Chance
from question_bank.errors import BlueprintMalformed
from question_bank.form import Form

MOST_CODES = 200
OFFICERS = 3


@dataclass(frozen=True, slots=True)
class BlueprintDesk:
    """Blueprints over one bank and one node. `chance` gives seeded randomness, `secret` random bytes."""

    desk: BankDesk
    node: Node
    chance: Callable[[int], Chance]
    secret: Callable[[int], bytes]
    pdf: Callable[[str], bytes]

    @staticmethod
    def read(given: object) -> Blueprint:
        """The blueprint of a page's JSON.

        Raises:
            BlueprintMalformed: it does not add up.
        """
        try:
            blueprint = msgspec.convert(given, Blueprint)
        except msgspec.ValidationError as error:
            raise BlueprintMalformed(str(error)) from error
        blueprints.check(blueprint)
        return blueprint

    def there(self, given: object) -> dict[str, Any]:
        """For every cell how many items there are; a blueprint that does not add up yet is answered all the same."""
        try:
            blueprint = msgspec.convert(given, Blueprint)
        except msgspec.ValidationError as error:
            raise BlueprintMalformed(str(error)) from error
        fault = ""
        try:
            blueprints.check(blueprint)
        except BlueprintMalformed as error:
            fault = str(error)
        items = self.desk.bank.pool(blueprint.subject)
        pools = pooling.pools(blueprint.cells(), items, blueprint.rules, self.desk.now(), frozenset())
        return {
            "cells": [
                {
                    "part": p.cell.part, "topic": p.cell.topic, "level": p.cell.level, "count": p.cell.count,
                    "there": len(p.fit), "lacking": max(0, p.cell.count - len(p.fit)), "name_vi": cell_name_vi(p.cell),
                    "barred": dict(p.barred),
                }
                for p in pools
            ],
            "topics": sorted({item.topic for item in items if item.topic}),
            "fault": fault,
        }  # fmt: skip

    def printed(self, given: object, what: str) -> bytes:
        """The matrix or the specification as PDF.

        Raises:
            Refused: `not_understood`.
        """
        pages = {"matrix": matrix.matrix, "specification": matrix.specification}
        if what not in pages:
            raise Refused("not_understood")
        return self.pdf(pages[what](self.read(given)))

    def make(self, given: object, codes: int, first: str, seed: int, person: str) -> dict[str, Any]:
        """Assemble, mix, seal, and hand the sealed forms to the node.

        Raises:
            BlueprintInfeasible: the bank cannot fill it. Refused: `officers_missing`, `not_understood`.
        """
        # CP-SAT takes a moment to load; who never assembles does not pay for it.
        from question_bank.assembly.assemble import Assembler

        officers = tuple(self.node.officers().values())
        if len(officers) != OFFICERS:
            raise Refused("officers_missing")
        if not 1 <= codes <= MOST_CODES:
            raise Refused("not_understood")
        try:
            names = list(mixing.names(first, codes))
        except ValueError as error:
            raise Refused("not_understood") from error
        blueprint, chance = self.read(given), self.chance(seed)
        with self.desk.drawing:
            assembler = Assembler(self.desk.bank, self.desk.renderer, self.desk.measure, self.desk.now())
            (original,) = assembler.assemble(blueprint, names[:1], seed, chance).originals
        mixed = mixing.mix(original.form, names, chance, mixing.Rules())
        made = []
        for code in mixed.codes:
            raw = forms.encode(code.form)
            package = sealed_form.seal(raw, code.form.code, code.form.subject, officers, self.secret)
            key = msgspec.structs.replace(original.key, form_code=code.form.code)
            self.node.add_form(sealed_form.encode(package), key, _facts(code.form))
            made.append({"code": code.form.code, "digest": package.digest})
        commitment = hashlib.sha256(msgspec.json.encode(made)).hexdigest()
        self.node.log(person, f"{len(made)} forms sealed, commitment {commitment[:16]}")
        return {"codes": made, "expected": original.expected, "pinned": mixed.pinned, "commitment_sha256": commitment}


def _facts(form: Form) -> dict[str, ItemFacts]:
    return {
        item.id: ItemFacts(item.id, part.id, item.number, item.kind, tuple(o.identifier for o in item.options))
        for part, item in form.each_item()
    }
