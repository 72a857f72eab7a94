"""Pages of the form itself: show it, save a draft, submit it; in HTML or as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import JSONResponse, Response

from dutyflow.calendars.roc import format_roc_moment
from dutyflow.errors import Finding
from dutyflow.forms.texts import file_key
from dutyflow.forms.typed import judge_typed
from dutyflow.infra.mime_types import XLSX
from dutyflow.mail.attachment import Attachment
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
from dutyflow.web.security.downloads import download

from .form_view import sheet_of, typed_in, without_name
from .requests import WORKBOOK, SectionRequest

REMOVE = "remove"  # the button that takes a file out of the draft; its value is the file's name


def closed(request: SectionRequest) -> Response:
    """Say why the link takes nothing more, and what there is to do instead."""
    if request.wants_json:
        said = "這一份已經送出或截止，不再儲存；請重新整理頁面"
        return JSONResponse({"state": "closed", "said": said}, status_code=409)
    receipt = receipt_for(request.case) if request.closed == "accepted" else None
    if receipt is not None:
        return request.page("receipt", it=receipt)
    return request.page("closed", status=410, why=request.closed)


def show(request: SectionRequest) -> Response:
    """The form, with what is in the draft."""
    query = request.http.query_params
    return _form(request, begun(request.case), saved="saved" in query, removed="removed" in query)


def save(request: SectionRequest) -> Response:
    """Save a draft: the page's script does so while somebody types, and a button."""
    request.context.limits.drafts.check(request.link)
    wanted, refused = _as_posted(request), _unfit_evidence(request)
    saved = save_draft(request.visit, wanted, more=_fit_evidence(request, refused), now=request.now)
    if request.wants_json:
        return _saved_as_json(request, saved)
    if saved is None:
        return _conflict(request, wanted)
    if refused:
        return _form(request, saved, status=422, refused=refused)
    return request.go_to("?removed" if request.posted.text(REMOVE) else "?saved")


def submit(request: SectionRequest) -> Response:
    """Submit the form. It is saved as a draft first: nothing is lost, whatever comes next."""
    request.context.limits.submissions.check(request.link)
    wanted, refused = _as_posted(request), _unfit_evidence(request)
    saved = save_draft(request.visit, wanted, more=_fit_evidence(request, refused), now=request.now)
    if saved is None:
        return _conflict(request, wanted)
    if refused:
        return _form(request, saved, status=422, refused=refused)
    handed = hand_in(request.visit, saved, now=request.now)
    if handed.accepted:
        return request.go_to("done")
    return _form(request, saved, status=422, handed=handed)


def _as_posted(request: SectionRequest) -> Begun:
    """The draft as the form has it, with the files of before; without a file that is taken out."""
    known = begun(request.case)
    typed = typed_in(request.case, request.unpacked)
    wanted = replace(known, typed=typed, version=request.posted.number("version"))
    gone = request.posted.text(REMOVE)
    if not gone:
        return wanted
    return replace(without_file(wanted, gone), typed=without_name(request.case, typed, gone))


def _unfit_evidence(request: SectionRequest) -> tuple[Finding, ...]:
    """What is wrong with the evidence: with a file, or with the size of all of it."""
    unfit = unfit_files(request.evidence)
    if unfit:
        return unfit
    before = {file_key(file.name): file.size for file in begun(request.case).files}
    new = {file_key(file.name): len(file.data) for file in request.evidence}
    return excess(before | new) if new else ()


def _fit_evidence(request: SectionRequest, refused: tuple[Finding, ...]) -> tuple[Attachment, ...]:
    """The files that are kept: those that nothing is wrong with."""
    names = {each.where for each in refused}
    if TOO_MUCH in names:
        return ()
    return tuple(file for file in request.evidence if place_of_file(file) not in names)


def _saved_as_json(request: SectionRequest, saved: Begun | None) -> Response:
    if saved is None:
        said = "另一位同仁剛剛存過這份草稿，自動儲存已停止；請按「儲存草稿」看差異"
        return JSONResponse({"state": "overtaken", "said": said}, status_code=409)
    said = f"已自動儲存 {_moment(request, saved)}"
    return JSONResponse({"state": "saved", "version": saved.version, "said": said})


def _conflict(request: SectionRequest, wanted: Begun) -> Response:
    """Somebody else has saved meanwhile: both versions are shown, and the next save wins."""
    theirs = begun(request.case)
    sheet = sheet_of(request.case, wanted.typed, theirs=theirs.typed)
    return _shown(request, replace(theirs, typed=wanted.typed), sheet, status=409, theirs=theirs)


def _form(
    request: SectionRequest,
    now_there: Begun,
    *,
    status: int = 200,
    handed: Reply | None = None,
    refused: tuple[Finding, ...] = (),
    saved: bool = False,
    removed: bool = False,
) -> Response:
    problems = handed.problems if handed else ()
    sheet = sheet_of(request.case, now_there.typed, problems=problems)
    values = {"handed": handed, "refused": refused, "saved": saved, "removed": removed}
    return _shown(request, now_there, sheet, status=status, **values)


def _shown(
    request: SectionRequest, begun: Begun, sheet: object, *, status: int, **values: object
) -> Response:
    unset = {"handed": None, "refused": (), "saved": False, "removed": False, "theirs": None}
    return request.page(
        "form",
        status=status,
        begun=begun,
        deadline=request.mail.deadline(request.now),
        saved_at=_moment(request, begun),
        sheet=sheet,
        **{**unset, **values},
    )


def _moment(request: SectionRequest, begun: Begun) -> str:
    return format_roc_moment(begun.saved_at, request.case.zone) if begun.saved_at else ""


def workbook(request: SectionRequest) -> Response:
    """The page on which the form is downloaded and uploaded as a workbook."""
    return _workbook(request)


def _workbook(request: SectionRequest, *, status: int = 200, **values: object) -> Response:
    whole = {"handed": None, "nothing_chosen": False, "refused": (), **values}
    return request.page("workbook", status=status, begun=begun(request.case), **whole)


def submit_workbook(request: SectionRequest) -> Response:
    """Submit the form as a workbook, with evidence."""
    request.context.limits.submissions.check(request.link)
    chosen = request.unpacked.files.get(WORKBOOK, ())
    if not chosen:
        return _workbook(request, status=422, nothing_chosen=True)
    form = _form_among(chosen)
    refused = (form,) if isinstance(form, Finding) else _unfit_evidence(request)
    if isinstance(form, Finding) or refused:
        return _workbook(request, status=422, refused=refused)
    beside = tuple(file for file in chosen if file is not form)
    handed = hand_in_workbook(request.visit, form, (*beside, *request.evidence), now=request.now)
    if handed.accepted:
        return request.go_to("done")
    return _workbook(request, status=422, handed=handed)


def _form_among(chosen: Sequence[Attachment]) -> Attachment | Finding:
    """The one workbook among the files that were chosen as the form, or were in an archive."""
    books = [file for file in chosen if is_workbook(file)] or list(chosen)
    if len(chosen) == 1 or len(books) == 1:
        return books[0]
    found = f"壓縮檔裡有 {len(books)} 個檔案可能是填報檔"
    return Finding(where="填好的填報檔", found=found, expected="只選填好的那一個 .xlsx 或 .ods")


def blank_workbook(request: SectionRequest) -> Response:
    """The form as a workbook to download, with what is valid of the draft."""
    case = request.case
    verdict = judge_typed(begun(case).typed, form=case.form, rows=case.rows)
    form = request.mail.attached_form(verdict.answers)
    policy = request.context.header_policy
    return download(form.data, form.name, policy=policy, media_type=XLSX)


def receipt(request: SectionRequest) -> Response:
    """The receipt; back to the form while there is none."""
    return closed(request) if request.closed else request.go_to()
