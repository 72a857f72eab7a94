"""The form itself: shown, saved as a draft, handed in; as a page or as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from starlette.responses import JSONResponse, Response

from dutyflow.calendars.roc import format_roc_moment
from dutyflow.errors import Finding
from dutyflow.forms.texts import file_key
from dutyflow.forms.typed import judge_typed
from dutyflow.mail.attachment import XLSX, Attachment
from dutyflow.services.intake.incoming import is_workbook
from dutyflow.services.intake.replies import Reply
from dutyflow.services.intake.web_form import (
    TOO_MUCH,
    Begun,
    begun,
    excess,
    hand_in,
    hand_in_workbook,
    place_of_file,
    receipt_for,
    save_draft,
    unfit_files,
    without_file,
)
from dutyflow.services.messaging.assignment_mail import AssignmentMail

from .guard import allow
from .reception import WORKBOOK, Call
from .view import sheet_of, typed_in, without_name

REMOVE = "remove"  # the button that takes a file out of the draft; its value is the file's name


def dead(call: Call) -> Response:
    """The link takes nothing more: why, and what there is to do instead."""
    if call.wants_json:
        said = "這一份已經送出或截止，不再儲存；請重新整理頁面"
        return JSONResponse({"state": "closed", "said": said}, status_code=409)
    receipt = receipt_for(call.case) if call.closed == "accepted" else None
    if receipt is not None:
        return call.page("done", it=receipt)
    return call.page("closed", status=410, why=call.closed)


def show(call: Call) -> Response:
    asked = call.request.query_params
    return _form(call, begun(call.case), saved="saved" in asked, removed="removed" in asked)


def save(call: Call) -> Response:
    """A draft; by itself, while somebody types, or because they asked for it."""
    allow(call.reception.saves, call.link)
    wanted, refused = _as_sent(call), _refused(call)
    saved = save_draft(call.visit, wanted, more=_fit(call, refused), now=call.now)
    if call.wants_json:
        return _saved_in_short(call, saved)
    if saved is None:
        return _overtaken(call, wanted)
    if refused:
        return _form(call, saved, status=422, refused=refused)
    return call.go_to("?removed" if call.sent.text(REMOVE) else "?saved")


def send(call: Call) -> Response:
    """Kept as a draft first, so that nothing is lost whatever comes next; then handed in."""
    allow(call.reception.sends, call.link)
    wanted, refused = _as_sent(call), _refused(call)
    saved = save_draft(call.visit, wanted, more=_fit(call, refused), now=call.now)
    if saved is None:
        return _overtaken(call, wanted)
    if refused:
        return _form(call, saved, status=422, refused=refused)
    handed = hand_in(call.visit, saved, now=call.now)
    if handed.accepted:
        return call.go_to("done")
    return _form(call, saved, status=422, handed=handed)


def _as_sent(call: Call) -> Begun:
    """What the form brought, with the files that had come before; but for one taken out."""
    known = begun(call.case)
    typed = typed_in(call.case, call.brought)
    wanted = replace(known, typed=typed, version=call.sent.number("version"))
    gone = call.sent.text(REMOVE)
    if not gone:
        return wanted
    return replace(without_file(wanted, gone), typed=without_name(call.case, typed, gone))


def _refused(call: Call) -> tuple[Finding, ...]:
    """What is wrong with the evidence: with a file, or with the size of all of it."""
    unfit = unfit_files(call.evidence)
    if unfit:
        return unfit
    before = {file_key(file.name): file.size for file in begun(call.case).files}
    new = {file_key(file.name): len(file.data) for file in call.evidence}
    return excess(before | new) if new else ()


def _fit(call: Call, refused: tuple[Finding, ...]) -> tuple[Attachment, ...]:
    """The files that are kept: those that nothing is said of."""
    names = {each.where for each in refused}
    if TOO_MUCH in names:
        return ()
    return tuple(file for file in call.evidence if place_of_file(file) not in names)


def _saved_in_short(call: Call, saved: Begun | None) -> Response:
    if saved is None:
        said = "另一位同仁剛剛存過這份草稿，自動儲存已停止；請按「儲存草稿」看差異"
        return JSONResponse({"state": "overtaken", "said": said}, status_code=409)
    said = f"已自動儲存 {_moment(call, saved)}"
    return JSONResponse({"state": "saved", "version": saved.version, "said": said})


def _overtaken(call: Call, wanted: Begun) -> Response:
    """Somebody saved another version meanwhile: both are shown, and the next word wins."""
    theirs = begun(call.case)
    sheet = sheet_of(call.case, wanted.typed, theirs=theirs.typed)
    return _shown(call, replace(theirs, typed=wanted.typed), sheet, status=409, theirs=theirs)


def _form(
    call: Call,
    now_there: Begun,
    *,
    status: int = 200,
    handed: Reply | None = None,
    refused: tuple[Finding, ...] = (),
    saved: bool = False,
    removed: bool = False,
) -> Response:
    problems = handed.problems if handed else ()
    sheet = sheet_of(call.case, now_there.typed, problems=problems)
    words = {"handed": handed, "refused": refused, "saved": saved, "removed": removed}
    return _shown(call, now_there, sheet, status=status, **words)


def _shown(call: Call, begun: Begun, sheet: object, *, status: int, **words: object) -> Response:
    unsaid = {"handed": None, "refused": (), "saved": False, "removed": False, "theirs": None}
    return call.page(
        "form",
        status=status,
        begun=begun,
        saved_at=_moment(call, begun),
        sheet=sheet,
        **{**unsaid, **words},
    )


def _moment(call: Call, begun: Begun) -> str:
    return format_roc_moment(begun.saved_at, call.case.zone) if begun.saved_at else ""


def workbook(call: Call) -> Response:
    return _workbook(call)


def _workbook(call: Call, *, status: int = 200, **words: object) -> Response:
    whole = {"handed": None, "nothing_chosen": False, "refused": (), **words}
    return call.page("workbook", status=status, begun=begun(call.case), **whole)


def send_workbook(call: Call) -> Response:
    allow(call.reception.sends, call.link)
    chosen = call.brought.files.get(WORKBOOK, ())
    if not chosen:
        return _workbook(call, status=422, nothing_chosen=True)
    form = _the_form(chosen)
    refused = (form,) if isinstance(form, Finding) else _refused(call)
    if isinstance(form, Finding) or refused:
        return _workbook(call, status=422, refused=refused)
    beside = tuple(file for file in chosen if file is not form)
    handed = hand_in_workbook(call.visit, form, (*beside, *call.evidence), now=call.now)
    if handed.accepted:
        return call.go_to("done")
    return _workbook(call, status=422, handed=handed)


def _the_form(chosen: Sequence[Attachment]) -> Attachment | Finding:
    """Of what was chosen as the form, or was in an archive that was: the one workbook."""
    books = [file for file in chosen if is_workbook(file)] or list(chosen)
    if len(chosen) == 1 or len(books) == 1:
        return books[0]
    found = f"壓縮檔裡有 {len(books)} 個檔案可能是填報檔"
    return Finding(where="填好的填報檔", found=found, expected="只選填好的那一個 .xlsx 或 .ods")


def blank_workbook(call: Call) -> Response:
    """The form as a workbook, with what is typed so far as far as it is good."""
    case = call.case
    verdict = judge_typed(begun(case).typed, form=case.form, rows=case.rows)
    form = AssignmentMail(case).attached_form(verdict.answers)
    named = f"attachment; filename*=UTF-8''{quote(form.name)}"
    return Response(form.data, media_type=XLSX, headers={"Content-Disposition": named})


def done(call: Call) -> Response:
    """The receipt; back to the form while there is none."""
    return dead(call) if call.closed else call.go_to()
