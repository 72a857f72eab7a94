"""What cannot be read: messages that were tried again and again, mailboxes that are away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dutyflow.ledger import Ledger

OFFICE = "pingtung"
NOW = datetime(2018, 7, 4, 9, 0, tzinfo=UTC)


def test_each_try_counts_and_the_bytes_are_kept_once_they_could_be_had(ledger: Ledger) -> None:
    stumbles = ledger.stumbles
    stumbles.add(OFFICE, "1.7", now=NOW, why="逾時", blob="a1")
    stumbles.add(OFFICE, "1.7", now=NOW + timedelta(minutes=1), why="斷線")
    stumbles.add("penghu", "1.7", now=NOW, why="逾時")
    (kept,) = stumbles.of(OFFICE)
    assert (kept.tries, kept.since, kept.why, kept.blob) == (2, NOW, "斷線", "a1")
    stumbles.forget(OFFICE, "1.7")
    assert stumbles.of(OFFICE) == ()
    assert len(stumbles.of("penghu")) == 1


def test_since_when_a_mailbox_is_away_stays_until_it_is_read_again(ledger: Ledger) -> None:
    mailboxes = ledger.mailboxes
    mailboxes.read(OFFICE, "plan", now=NOW)
    for minutes in (1, 2):
        mailboxes.away(OFFICE, "plan", now=NOW + timedelta(minutes=minutes), why=f"第 {minutes} 次")
    (away,) = mailboxes.of(OFFICE)
    assert (away.read_at, away.away_since) == (NOW, NOW + timedelta(minutes=1))
    assert away.why == "第 2 次"
    mailboxes.read(OFFICE, "plan", now=NOW + timedelta(minutes=3))
    (read,) = mailboxes.of(OFFICE)
    assert (read.read_at, read.away_since, read.why) == (NOW + timedelta(minutes=3), None, "")


def test_a_mailbox_that_an_office_has_no_more_is_forgotten(ledger: Ledger) -> None:
    for name in ("old", "new"):
        ledger.mailboxes.away(OFFICE, name, now=NOW, why="逾時")
    ledger.mailboxes.keep(OFFICE, ["new"])
    assert [each.name for each in ledger.mailboxes.of(OFFICE)] == ["new"]


def test_an_office_s_assignments_by_their_keys(ledger: Ledger) -> None:
    assert ledger.assignments.keys(OFFICE) == ()
