"""Delivery reports as mail servers write them, about one mail of ours."""

from __future__ import annotations

OURS = "<0123456789abcdef0123456789abcdef@pingtung.example.tw>"
WHO = "wang.business@pingtung.example.tw"
MAILBOX = "plan@pingtung.example.tw"

RETURNED = f"""\
Return-Path: <{MAILBOX}>
Received: from app.example.tw by mail.example.tw; Fri, 15 Jun 2018 08:30:01 +0800
From: =?utf-8?B?5aGr5aCx?= <{MAILBOX}>
To: <{WHO}>
Subject: =?utf-8?B?6KuL5aGr5aCx?=
Message-ID: {OURS}
"""


def standard(
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <wang.business@pingtung.example.tw>: User unknown",
    returned: str = RETURNED,
    sender: str = "MAILER-DAEMON@mail.example.tw (Mail Delivery System)",
    subject: str = "Undelivered Mail Returned to Sender",
    words: str = "This is the mail system at host mail.example.tw.",
    recipient: str = WHO,
    kind: str = "message/delivery-status",
    returned_kind: str = "text/rfc822-headers",
) -> bytes:
    """RFC 3464, as Postfix writes it."""
    return f"""\
Return-Path: <>
From: {sender}
To: {MAILBOX}
Subject: {subject}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B/1"
Message-ID: <report-1@mail.example.tw>

--B/1
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{words}

--B/1
Content-Description: Delivery report
Content-Type: {kind}

Reporting-MTA: dns; mail.example.tw
Arrival-Date: Fri, 15 Jun 2018 08:30:01 +0800

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--B/1
Content-Type: {returned_kind}

{returned}
--B/1--
""".encode()


def plain(
    words: str,
    *,
    sender: str = "MAILER-DAEMON@mail.example.tw",
    subject: str = "failure notice",
    head: str = "Return-Path: <>",
    charset: str = "utf-8",
) -> bytes:
    text = f"""\
{head}
From: {sender}
To: {MAILBOX}
Subject: {subject}
Message-ID: <report-2@mail.example.tw>
MIME-Version: 1.0
Content-Type: text/plain; charset={charset}
Content-Transfer-Encoding: 8bit

{words}
"""
    return text.encode("cp950" if charset == "big5" else "utf-8")


QMAIL = plain(f"""\
Hi. This is the qmail-send program at mail.example.tw.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{WHO}>:
192.0.2.7 does not like recipient.
Remote host said: 550 5.1.1 no mailbox here by that name.

--- Below this line is a copy of the message.

{RETURNED}""")

POSTFIX_PLAIN = plain(f"""\
This is the mail system at host mail.example.tw.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

                   The mail system

<{WHO}>: host mx.example.tw[192.0.2.9] said: 550 5.1.1
    <{WHO}>: Recipient address rejected: User unknown (in reply to RCPT TO command)
""")

EXCHANGE_OLD = plain(
    f"""\
Your message did not reach some or all of the intended recipients.

      Subject: 請填報
      Sent: 2018/6/15 08:30

The following recipient(s) could not be reached:

      {WHO} on 2018/6/15 08:30
            The e-mail account does not exist at the organization this message was sent to.
            <mail.example.tw #5.1.1>
""",
    sender="System Administrator <postmaster@mail.example.tw>",
    subject="Undeliverable: =?utf-8?B?6KuL5aGr5aCx?=",
)

OFFICE_365 = standard(
    sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.tw>",
    subject="=?utf-8?B?54Sh5rOV5YKz6YGeOiDoq4vloavloLE=?=",
    words=f"您的郵件無法傳遞給 {WHO}。找不到電子郵件地址。",
    diagnostic="smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP lookup",
    status="5.1.10",
    returned_kind="message/rfc822",
    returned=RETURNED + "\n（內容）\n",
)

GMAIL = standard(
    sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
    subject="Delivery Status Notification (Failure)",
    words=f"** Address not found **\n\nYour message wasn't delivered to {WHO} because the address "
    "couldn't be found, or is unable to receive mail.",
    diagnostic="smtp; 550-5.1.1 The email account that you tried to reach does not exist.",
    returned_kind="message/rfc822",
)

GMAIL_WORDS = plain(
    f"""\
Delivery to the following recipient failed permanently:

     {WHO}

Technical details of permanent failure:
The error that the other server returned was: 550 5.1.1 User unknown

----- Original message -----

{RETURNED}""",
    sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
    subject="Delivery Status Notification (Failure)",
    head=f"X-Failed-Recipients: {WHO}",
)

CHINESE_WORDS = plain(
    f"""\
您好，您寄出的信件無法送達以下收件人：

    {WHO}

原因：該帳號不存在（550 User unknown）。

------ 原始信件 ------
{RETURNED}""",
    sender="=?big5?B?tmyl88Wqqss=?= <postmaster@mail.example.tw>",
    subject="=?utf-8?B?57O757Wx6YCA5L+h?=",
    charset="big5",
)

DELAYED = standard(
    action="delayed",
    status="4.4.1",
    diagnostic="X-Postfix; connect to mx.example.tw[192.0.2.9]:25: Connection timed out",
    subject="Delayed Mail (still being retried)",
)

DELAYED_WORDS = plain(
    f"""\
THIS IS A WARNING MESSAGE ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.

Delivery to the following recipient has been delayed:

     {WHO}

Message will be retried for 2 more day(s)

{RETURNED}""",
    subject="Delivery Status Notification (Delay)",
)

EXPIRED = standard(
    status="4.4.7",
    diagnostic="smtp; 421 4.4.2 mx.example.tw Connection timed out; message expired",
)

FULL = standard(status="5.2.2", diagnostic="smtp; 552 5.2.2 mailbox over quota")
TOO_BIG = standard(status="5.3.4", diagnostic="smtp; 552 5.3.4 message size exceeds limit")
EIGHT_BIT = standard(kind="message/global-delivery-status")
