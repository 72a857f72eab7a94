"""The tables. A change here needs a migration beside it; a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)

from .columns import Closures, Json, UtcDateTime, Words

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

plans = Table(
    "plans",
    metadata,
    Column("plan_hash", Words, primary_key=True),
    Column("office", Words, nullable=False),
    Column("year", Integer, nullable=False),
    Column("document", Words, nullable=False),
    Column("kept_at", UtcDateTime, nullable=False),
)

cycles = Table(
    "cycles",
    metadata,
    Column("key", Words, primary_key=True),
    Column("office", Words, nullable=False),
    Column("duty", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("plan_hash", Words, nullable=False),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("opens", Date, nullable=False),
    Column("collect_by", UtcDateTime, nullable=False),
    Column("collect_by_given", Boolean, nullable=False),
    Column("report_due", Date, nullable=False),
    Column("report_due_given", Boolean, nullable=False),
    Column("approved_on", Date),
    Column("closures", Closures, nullable=False),
    Column("state", Words, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
)

assignments = Table(
    "assignments",
    metadata,
    Column("key", Words, primary_key=True),
    Column("cycle", Words, ForeignKey("cycles.key"), nullable=False),
    Column("section", Words, nullable=False),
    Column("position", Integer, nullable=False),
    Column("token", Words, nullable=False, unique=True),
    Column("state", Words, nullable=False),
    Column("collect_by", UtcDateTime, nullable=False),
    Column("due_by", UtcDateTime, nullable=False),
    Column("own_cut_off", Boolean, nullable=False),
    Column("on_time", Boolean),
    Column("returned_note", Words, nullable=False),
    Column("returns", Integer, nullable=False),
    Column("accepted_submission", Integer),
    Column("paused_until", Date),
    UniqueConstraint("cycle", "position"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("about", Words, nullable=False),
    Column("cycle", Words, ForeignKey("cycles.key"), index=True),
    Column("rung", Words, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("recipient_name", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("message_id", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("unknowns", Integer, nullable=False),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("detail", Words, nullable=False),
    Column("message_blob", Words, nullable=False),
    Column("acting_for", Words, nullable=False),
    Column("reason_code", Words),
    Column("reason_parameters", Json),
    UniqueConstraint("about", "rung", "recipient"),
    Index("ix_notices_rung", "rung"),
    Index("ix_notices_message_id", "message_id"),
    Index("ix_notices_settled_at", "settled_at"),
)

# What went out, under the SHA-256 of its bytes: a notice's `message_blob`.
mails = Table(
    "mails",
    metadata,
    Column("sha", Words, primary_key=True),
    Column("text", LargeBinary, nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("assignment", Words, ForeignKey("assignments.key"), nullable=False),
    Column("kind", Words, nullable=False),
    Column("until", Date, nullable=False),
    Column("days", Integer, nullable=False),
    Column("why", Words, nullable=False),
    Column("asked_by", Words, nullable=False),
    Column("asked_name", Words, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("source", Words, nullable=False),
    Column("approver", Words, nullable=False),
    Column("token", Words, nullable=False, unique=True),
    Column("state", Words, nullable=False),
    Column("decided_by", Words, nullable=False),
    Column("decided_at", UtcDateTime),
    Column("note", Words, nullable=False),
    UniqueConstraint("assignment", "source"),
    Index("ix_requests_state", "state"),
)

silences = Table(
    "silences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("about", Words, nullable=False),
    Column("cycle", Words, ForeignKey("cycles.key"), nullable=False, index=True),
    Column("rung", Words, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("reason_code", Words),
    Column("reason_parameters", Json),
    UniqueConstraint("about", "rung", "recipient"),
)

absences = Table(
    "absences",
    metadata,
    Column("email", Words, primary_key=True),
    Column("until", Date, nullable=False),
    Column("set_by", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

undeliverable = Table(
    "undeliverable",
    metadata,
    Column("email", Words, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("why", Words, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("assignment", Words, ForeignKey("assignments.key"), index=True),
    # The assignment, else the office, else "": NULLs would all count as different.
    Column("within", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("sender", Words, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("message_id", Words, nullable=False),
    Column("content_hash", Words, nullable=False),
    Column("raw_blob", Words, nullable=False),
    Column("verdict", Words, nullable=False),
    Column("problems", Json, nullable=False),
    Column("answers", Json, nullable=False),
    Column("reason", Words, nullable=False),
    Column("replaces", Integer, ForeignKey("submissions.id")),
    Column("role", Words, nullable=False),
    Column("matched_by", Words, nullable=False),
    Column("suggested", Words, nullable=False),
    Column("assigned_to", Words, nullable=False),
    Column("doubts", Json, nullable=False),
    Column("effective_at", UtcDateTime),
    Column("office", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("put_aside", Words, nullable=False),
    Column("reason_code", Words),
    Column("reason_parameters", Json),
    UniqueConstraint("within", "content_hash"),
    Index("ix_submissions_channel", "channel", "recorded_at"),
)

submission_files = Table(
    "submission_files",
    metadata,
    Column("submission", Integer, ForeignKey("submissions.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Words, nullable=False),
    Column("content_type", Words, nullable=False),
    Column("size", Integer, nullable=False),
    Column("blob", Words, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("assignment", Words, ForeignKey("assignments.key"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("typed", Json, nullable=False),
    Column("files", Json, nullable=False),
    Column("saved_by", Words, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("office", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("email", Words, nullable=False),
    Column("assignment", Words, ForeignKey("assignments.key")),
    Column("deputy_name", Words, nullable=False),
    Column("deputy_email", Words, nullable=False),
    Column("until", Date),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_calls_at", "at"),
)

stumbles = Table(
    "stumbles",
    metadata,
    Column("office", Words, primary_key=True),
    Column("message", Words, primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("why", Words, nullable=False),
    Column("blob", Words, nullable=False),
)

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("office", Words, primary_key=True),
    Column("name", Words, primary_key=True),
    Column("read_at", UtcDateTime),
    Column("away_since", UtcDateTime),
    Column("why", Words, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    Column("cycle", Words, ForeignKey("cycles.key"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("plan_hash", Words, nullable=False),
    Column("content", Json, nullable=False),
    Column("state", Words, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("decided_by", Words, nullable=False),
    Column("note", Words, nullable=False),
)

report_files = Table(
    "report_files",
    metadata,
    Column("cycle", Words, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Words, nullable=False),
    Column("blob", Words, nullable=False),
    Column("size", Integer, nullable=False),
    ForeignKeyConstraint(["cycle", "version"], ["reports.cycle", "reports.version"]),
)

events = Table(
    "events",
    metadata,
    # Numbered by the chain itself, without gaps, so that a proof can cite them.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("who", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("about", Words, nullable=False, index=True),
    Column("why", Words, nullable=False),
    Column("detail", Json, nullable=False),
    Column("hash", Words, nullable=False),
)
