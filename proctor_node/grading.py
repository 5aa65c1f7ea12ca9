"""Grading at the node: marks from the record, two graders, publication, appeals, corrections of keys, penalties."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import msgspec

from exam_engine.candidate import Candidate
from exam_engine.grading import rounded
from proctor_node import codes, results, second_grader
from proctor_node.errors import GradersDiffer, Refused
from proctor_node.marking import differences
from proctor_node.planning import Planning
from proctor_node.results import Appeal, Book, KeyChange, KeyPreview, Penalty, PenaltyKind, Result, Settled
from proctor_node.state import GradingForm
from question_bank import response_key
from question_bank.response_key import ResponseKey

MARKED = {"submitted", "closed_by_time", "collected"}


class Grading(Planning):
    """Results and what people decide about them."""

    @property
    def book(self) -> Book:
        """What has been decided so far."""
        return self.store.load("book", Book) or Book()

    def _keep(self, book: Book, who: tuple[str, ...], what: str) -> Book:
        self.store.save("book", book)
        self._log(who, what)
        return book

    # -- marks

    def marks(self, shift: str | None = None) -> list[Result]:
        """Results of a shift, or of all, as the record and the decisions stand now."""
        with self._lock:
            book = self.book
            chosen = [c for c in self.plan.candidates if shift in {None, c.shift}]
            return [self._result(candidate, book, self._forms) for candidate in chosen]

    def _result(self, candidate: Candidate, book: Book, forms: dict[str, GradingForm]) -> Result:
        name = self.attempt_name(candidate)
        record = self.intake.records.get(name)
        attempt = self.intake.attempt(name) if record is None else record.attempt
        if self.intake.undecided(name):
            return Result(candidate, attempt, "needs_decision", None, book.share(name, self.rules))
        form = forms.get(attempt.form_digest)
        index, key = (form.index, form.key) if form else ({}, None)
        return results.result(candidate, attempt, index, key, self.rules, book.share(name, self.rules))

    def grade_again(self, found: list[Result]) -> int:
        """Let the second grader mark every paper from the texts of its record; how many it marked.

        Raises:
            GradersDiffer: on one paper or more; nothing may go out.
        """
        bad: list[str] = []
        checked = 0
        for line in found:
            if line.marks is None:
                continue
            name = self.attempt_name(line.candidate)
            form = self._forms[line.attempt.form_digest]
            given = second_grader.responses(self.intake.counted(name))
            wrong = differences(line.marks, second_grader.regrade(given, form.index, form.key.right, self.plan.profile))
            bad += [f"{line.candidate.sbd}: {text}" for text in wrong]
            checked += 1
        if bad:
            raise GradersDiffer("{differences}", differences="; ".join(bad[:10]))
        return checked

    # -- provisional -> challenged -> final

    def publish(self, by: str) -> Book:
        """Give out provisional results, if both graders agree on all of them.

        Raises:
            GradersDiffer: they do not.
            Refused: `results_final`: nothing changes after that but by an appeal or a change of a key.
        """
        with self._lock:
            book = self.book
            if book.state == "final":
                raise Refused("results_final")
            return self._publish(book, (by,), "provisional")

    def finalise(self, by: tuple[str, str]) -> Book:
        """Close the results, by two persons.

        Raises:
            Refused: the same person twice, nothing published yet, an appeal or a paper waits for a decision.
            GradersDiffer: as `publish`.
        """
        with self._lock:
            book = self.book
            if len(set(by)) != 2:
                raise Refused("second_person_must_differ")
            if book.state == "open":
                raise Refused("results_not_published")
            if any(appeal.open for appeal in book.appeals):
                raise Refused("appeal_open")
            if any(line.outcome == "needs_decision" for line in self.marks()):
                raise Refused("paper_needs_decision")
            return self._publish(book, by, "final")

    def _publish(self, book: Book, by: tuple[str, ...], state: results.State) -> Book:
        found = self.marks()
        checked = self.grade_again(found)
        settled = {
            self.attempt_name(line.candidate): Settled(str(line.score), str(line.net), line.key_version)
            for line in found
            if line.marks is not None
        }
        whole = msgspec.structs.replace(book, state=state, published_at=self.now(), published_by=by, settled=settled)
        return self._keep(whole, by, f"results {state}: {checked} papers graded twice")

    # -- appeals

    def appeal(self, attempt: str, by: str, reason: str) -> Appeal:
        """File a request to mark again.

        Raises:
            Refused: nothing published, no such paper, no reason, or one is open already.
        """
        with self._lock:
            book = self.book
            if book.state == "open" or attempt not in book.settled:
                raise Refused("results_not_published")
            if not reason.strip():
                raise Refused("reason_missing")
            if any(known.attempt == attempt and known.open for known in book.appeals):
                raise Refused("appeal_open")
            filed = Appeal(len(book.appeals) + 1, attempt, by, reason, self.now(), book.settled[attempt].net)
            whole = msgspec.structs.replace(book, state="challenged", appeals=(*book.appeals, filed))
            self._keep(whole, (by,), f"appeal {filed.number} for {attempt}")
            return filed

    def decide_appeal(self, number: int, by: tuple[str, str], note: str) -> Appeal:
        """Mark the paper again, by both graders, in the name of two persons; the result of that is the mark.

        Raises:
            Refused: no such open appeal, one person twice, or who filed it.
            GradersDiffer: the graders do not agree.
        """
        with self._lock:
            book = self.book
            found = next((a for a in book.appeals if a.number == number and a.open), None)
            if found is None:
                raise Refused("no_such_appeal")
            if len(set(by)) != 2 or found.filed_by in by:
                raise Refused("second_person_must_differ")
            candidate = self._by_attempt[found.attempt]
            line = self._result(candidate, book, self._forms)
            self.grade_again([line])
            decided = msgspec.structs.replace(
                found, after=str(line.net), decided_by=by, note=note, decided_at=self.now()
            )
            appeals = tuple(decided if a.number == number else a for a in book.appeals)
            settled = book.settled | {found.attempt: Settled(str(line.score), str(line.net), line.key_version)}
            still = any(a.open for a in appeals)
            whole = msgspec.structs.replace(
                book, appeals=appeals, settled=settled, state="challenged" if still else "provisional"
            )
            self._keep(whole, by, f"appeal {number}: {found.before} -> {decided.after}")
            return decided

    # -- keys

    def preview_key(self, digest: str, item: str, new: str) -> KeyPreview:
        """Who would gain and who would lose; nothing is kept.

        Raises:
            Refused: no such form or item, or nobody could enter that key.
        """
        with self._lock:
            form = self._form(digest)
            change = KeyChange(0, digest, item, form.key.right.get(item, ""), new, "", "", self.now())
            trial = {**self._forms, digest: self._changed(form, change)}
            book, changed, before, after = self.book, [], [], []
            for candidate in self.plan.candidates:
                old = self._result(candidate, book, self._forms)
                if old.net is None or old.attempt.form_digest != digest:
                    continue
                then = self._result(candidate, book, trial).net or Decimal(0)
                before.append(old.net)
                after.append(then)
                if then != old.net:
                    changed.append((self.attempt_name(candidate), old.net, then))
            step = self.rules.scoring.rounding
            means = [rounded(sum(values, Decimal(0)) / max(1, len(values)), step) for values in (before, after)]
            return KeyPreview(change, tuple(changed), len(before) - len(changed), means[0], means[1])

    def propose_key(self, digest: str, item: str, new: str, by: str, reason: str) -> KeyChange:
        """One person asks for a correction; it is in force only when another approves.

        Raises:
            Refused: as `preview_key`, or without a reason.
        """
        with self._lock:
            if not reason.strip():
                raise Refused("reason_missing")
            preview = self.preview_key(digest, item, new)
            book = self.book
            change = msgspec.structs.replace(
                preview.change, number=len(book.key_changes) + 1, reason=reason, proposed_by=by
            )
            whole = msgspec.structs.replace(book, key_changes=(*book.key_changes, change))
            self._keep(whole, (by,), f"key change {change.number} proposed: {item} {change.old} -> {new}")
            return change

    def approve_key(self, number: int, by: str) -> KeyChange:
        """Another person approves: a new version of the key, and everybody is marked again when results are published.

        Raises:
            Refused: no such proposal, or the person who made it.
        """
        with self._lock:
            book = self.book
            change = next((c for c in book.key_changes if c.number == number and not c.approved_by), None)
            if change is None:
                raise Refused("no_such_key_change")
            if change.proposed_by == by:
                raise Refused("second_person_must_differ")
            form = self._form(change.digest)
            if form.key.right[change.item] != change.old:
                raise Refused("key_changed_meanwhile")
            changed = self._changed(form, change)
            done = msgspec.structs.replace(change, approved_by=by, approved_at=self.now(), version=changed.key.version)
            self.store.save(f"key/{change.digest}/{form.key.version}", form.key)
            self._forms = {**self._forms, change.digest: changed}
            self.store.save("forms", self._forms)
            changes = tuple(done if c.number == number else c for c in book.key_changes)
            waiting: results.State = "challenged" if any(a.open for a in book.appeals) else "provisional"
            state: results.State = "open" if book.state == "open" else waiting
            whole = msgspec.structs.replace(book, key_changes=changes, state=state)
            self._keep(whole, (change.proposed_by, by), f"key change {number}: version {done.version}")
            return done

    def keys_of(self, line: Result) -> dict[str, str]:
        """The right responses of the form that a paper was written on."""
        form = self._forms.get(line.attempt.form_digest)
        return form.key.right if form else {}

    def items_of(self, digest: str) -> list[str]:
        """The items of a form, by name; nothing of their keys."""
        return sorted(
            self._form(digest).index, key=lambda item: (item.partition(".")[0], self._form(digest).index[item].number)
        )

    def grading_form(self, digest: str) -> GradingForm:
        """The key in force and the facts of a form's items, for whoever may see keys.

        Raises:
            Refused: `unknown_form`.
        """
        return self._form(digest)

    def _form(self, digest: str) -> GradingForm:
        if digest not in self._forms:
            raise Refused("unknown_form")
        return self._forms[digest]

    @staticmethod
    def _changed(form: GradingForm, change: KeyChange) -> GradingForm:
        facts = form.index.get(change.item)
        if facts is None:
            raise Refused("unknown_item")
        if not response_key.enterable(facts.kind, set(facts.options), change.new):
            raise Refused("key_not_enterable")
        key = ResponseKey(form.key.form_code, form.key.version + 1, {**form.key.right, change.item: change.new})
        return msgspec.structs.replace(form, key=key)

    # -- penalties and slips

    def penalise(self, attempt: str, kind: str, by: tuple[str, ...], reason: str, minutes: int = 0) -> Penalty:
        """Khiển trách, cảnh cáo, đình chỉ. The mark itself stays as it is: gross, penalty and net are told apart.

        Raises:
            Refused: unknown kind, no reason, no such candidate, or results are final.
        """
        with self._lock:
            if kind not in get_args(PenaltyKind) or kind not in self.rules.penalties:
                raise Refused("unknown_penalty")
            if not reason.strip():
                raise Refused("reason_missing")
            if attempt not in self._by_attempt:
                raise Refused("unknown_attempt")
            book = self.book
            if book.state == "final":
                raise Refused("results_final")
            given = Penalty(attempt, kind, by, reason, self.now(), minutes)  # type: ignore[arg-type]  # checked above
            self._keep(
                msgspec.structs.replace(book, penalties=(*book.penalties, given)), by, f"{kind} {attempt}: {reason}"
            )
            return given

    def slip_code(self, attempt: str) -> str:
        """The code on a result slip: it stands for this mark in this version of the key.

        Raises:
            Refused: nothing was published for that attempt.
        """
        settled = self.book.settled.get(attempt)
        if settled is None:
            raise Refused("results_not_published")
        return self.intake.slip_code(f"{attempt}/{settled.net}/{settled.key_version}")

    def slip_says(self, attempt: str, net: str, code: str) -> bool:
        """Whether a slip with this mark and code came from here and still holds."""
        settled = self.book.settled.get(attempt)
        if settled is None:
            return False
        said = self.intake.slip_code(f"{attempt}/{net.replace(',', '.')}/{settled.key_version}")
        return codes.same(said, code) and settled.net == net.replace(",", ".")
