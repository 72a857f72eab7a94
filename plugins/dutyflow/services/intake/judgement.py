"""判讀: what a message brings for one assignment, a form or words, is judged."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from dutyflow.calendars.roc import in_zone
from dutyflow.forms.judge import Verdict, judge
from dutyflow.forms.problems import shown
from dutyflow.forms.texts import file_key
from dutyflow.forms.typed import Typed, all_nothing, judge_typed
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.inbound.bodies import new_text, says_nothing, wish_in
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.plan.asking import NOTHING
from dutyflow.services.extensions.requests import Asking
from dutyflow.services.workspace import Case

from .contents import files_that_came, identity_of, is_as_we_sent_it
from .incoming import Incoming
from .matching import Part


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The verdict on what came for one assignment, and what it was given on.

    `content` tells that from other contents, `receipt_for` is the hash of what a receipt names.
    `no_answer` is why it is no answer at all, None where it is one.
    """

    verdict: Verdict
    content: str
    receipt_for: str
    no_answer: Reason | None = None

    @property
    def is_understood(self) -> bool:
        """Whether there was anything to judge."""
        return self.no_answer is None or self.no_answer.code is not ReasonCode.NO_FORM

    @property
    def is_untouched(self) -> bool:
        """Whether its form is one of ours as we sent it."""
        return self.no_answer is not None and self.no_answer.code is ReasonCode.UNTOUCHED_FORM

    @property
    def reason(self) -> Reason | None:
        """Why it is not accepted; None where it is."""
        mistakes = len(self.verdict.problems)
        if self.no_answer is None and mistakes:
            return Reason.of(ReasonCode.MISTAKES, count=mistakes)
        return self.no_answer


def judge_part(part: Part, incoming: Incoming) -> Judgement | Asking:
    """Judge what came for one assignment: what was typed, its workbooks, or the words alone.

    Words may ask for more time instead. Raises StoreError, LedgerAway.
    """
    if incoming.typed is not None:
        return _on_what_was_typed(part.case, incoming, incoming.typed)
    if part.workbooks:
        return _on_workbooks(part, incoming)
    return _on_words(part.case, incoming)


def _on_what_was_typed(case: Case, incoming: Incoming, typed: Typed) -> Judgement:
    attached = files_that_came(case, incoming)
    verdict = judge_typed(typed, form=case.form, rows=case.rows, attached=attached)
    named = [attached.get(file_key(name), "") for name in verdict.files]
    content = identity_of(incoming.blob, named)
    return Judgement(verdict=verdict, content=content, receipt_for=incoming.blob)


def _on_workbooks(part: Part, incoming: Incoming) -> Judgement:
    case = part.case
    attached = files_that_came(case, incoming)
    file, verdict = _best(case, incoming, part.workbooks, attached)
    workbook = case.workspace.store.put(file.data)
    by_page = incoming.channel == "upload"  # where each mistake is shown at its place
    untouched = not verdict.accepted and not by_page and is_as_we_sent_it(case, file)
    return Judgement(
        verdict=verdict,
        content=identity_of(workbook, [attached.get(file_key(name), "") for name in verdict.files]),
        receipt_for=workbook,
        no_answer=Reason.of(ReasonCode.UNTOUCHED_FORM) if untouched else None,
    )


def _on_words(case: Case, incoming: Incoming) -> Judgement | Asking:
    said = new_text(incoming.message.text)
    if case.form.nothing and _says_nothing(case, incoming, said):
        verdict = Verdict(answers=all_nothing(case.form, case.rows))
        return Judgement(verdict=verdict, content=NOTHING, receipt_for=incoming.blob)
    wish = wish_in(said, today=in_zone(incoming.received_at, case.zone).date())
    by = incoming.writer(case.section_name)
    if wish is not None and by is not None:
        return Asking(wish=wish, by=by, at=incoming.received_at, source=incoming.blob)
    return Judgement(
        verdict=Verdict(),
        content=incoming.identity,
        receipt_for=incoming.blob,
        no_answer=Reason.of(ReasonCode.NO_FORM, said=shown(said)),
    )


def _says_nothing(case: Case, incoming: Incoming, text: str) -> bool:
    """Whether words say 無辦理事項 and stand alone: with a file beside them, other than a picture,
    they are not all there is."""
    alone = all(file.content_type.startswith("image/") for file in incoming.files)
    people = [*case.people.owners, *case.people.deputies, case.people.head]
    named = (person.name for person in people)
    names = (incoming.message.sender_name, case.section_name, *named)
    return alone and not incoming.message.ignored and says_nothing(text, names=names)


def _best(
    case: Case, incoming: Incoming, workbooks: Iterable[Attachment], attached: Collection[str]
) -> tuple[Attachment, Verdict]:
    """The first workbook that can be accepted; else the one that is most likely the form, with its
    problems: another may be evidence."""
    judged: list[tuple[Attachment, Verdict]] = []
    for file in workbooks:
        verdict = judge_workbook(case, incoming, file, attached)
        judged.append((file, verdict))
        if verdict.accepted:
            return file, verdict
    return max(judged, key=lambda each: (each[1].stamp is not None, len(each[1].answers)))


def judge_workbook(
    case: Case, incoming: Incoming, file: Attachment, attached: Collection[str]
) -> Verdict:
    """The verdict on one workbook for an assignment; `attached` are the keys of the files that have
    come for it. One that names no files is the same whatever has come: it is given once."""
    verdicts, key = incoming.workbooks.verdicts, (case.assignment.key, file.data)
    known = verdicts.get(key)
    if known is not None and not known.files:
        return known
    verdicts[key] = judge(
        incoming.workbooks.read(file),
        form=case.form,
        rows=case.rows,
        secret=case.workspace.secret,
        assignment=case.assignment.key,
        plan_hash=case.cycle.plan_hash,
        attached=attached,
    )
    return verdicts[key]
