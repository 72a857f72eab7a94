"""Signed and locked mails: what people's programs make of a mail without asking them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from dutyflow.mail.errors import UnreadableMessage
from dutyflow.mail.inbound import cms
from dutyflow.mail.inbound.message import ParsedMessage, read_letterhead, read_message

MAILBOX = "plan@pingtung.example.tw"
HEAD = b"From: lin@example.tw\r\nTo: plan+abcd2345@pingtung.example.tw\r\nSubject: x\r\n"
DATA = b"PK\x03\x04 a form"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sample")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder


def inner() -> bytes:
    message = EmailMessage()
    message.set_content("如附件（樣本）。")
    message.add_attachment(DATA, "application", "octet-stream", filename="自評表.xlsx")
    return message.as_bytes().replace(b"\n", b"\r\n")


def openssl(keys: Path, *arguments: str, data: bytes) -> bytes:
    """What a mail program does with a mail."""
    done = subprocess.run(
        ["openssl", "cms", *arguments], input=data, capture_output=True, check=True, cwd=keys
    )
    return done.stdout


def signed(keys: Path, *more: str, data: bytes | None = None) -> bytes:
    who = ("-signer", "cert.pem", "-inkey", "key.pem")
    return openssl(keys, "-sign", *who, *more, data=data or inner())


def opaque(keys: Path) -> bytes:
    return HEAD + signed(keys, "-nodetach")


def opaque_in_parts(keys: Path) -> bytes:
    """Written as it goes, in BER: lengths that nobody knows beforehand."""
    return HEAD + signed(keys, "-nodetach", "-stream", "-indef")


def detached(keys: Path) -> bytes:
    return HEAD + signed(keys)


def twice(keys: Path) -> bytes:
    return HEAD + signed(keys, "-nodetach", data=signed(keys, "-nodetach"))


@pytest.mark.parametrize("made", [opaque, opaque_in_parts, detached, twice])
def test_a_signed_mail_is_read_and_its_signature_is_no_file(
    keys: Path, made: Callable[[Path], bytes]
) -> None:
    message = read_message(made(keys), mailbox=MAILBOX)
    assert [(file.name, file.data) for file in message.attachments] == [("自評表.xlsx", DATA)]
    assert message.text == "如附件（樣本）。"
    assert message.tokens == ("abcd2345",)


def pgp_signed() -> bytes:
    return (
        HEAD + b'Content-Type: multipart/signed; protocol="application/pgp-signature"; '
        b"boundary=b\r\n\r\n--b\r\n" + inner() + b"\r\n--b\r\nContent-Type: application/"
        b"pgp-signature; name=signature.asc\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n--b--\r\n"
    )


def test_so_is_one_that_is_signed_with_pgp() -> None:
    message = read_message(pgp_signed(), mailbox=MAILBOX)
    assert [file.name for file in message.attachments] == ["自評表.xlsx"]


def locked(keys: Path) -> bytes:
    return HEAD + openssl(keys, "-encrypt", "-aes256", "cert.pem", data=inner())


def locked_and_authenticated(keys: Path) -> bytes:
    return HEAD + openssl(keys, "-encrypt", "-aes-256-gcm", "cert.pem", data=inner())


def locked_under_a_disclaimer(keys: Path) -> bytes:
    """As a server wraps it that adds lines to each mail."""
    part = openssl(keys, "-encrypt", "-aes256", "cert.pem", data=inner())
    return (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        + part
        + b"\r\n--b\r\nContent-Type: text/plain\r\n\r\nnotice\r\n--b--\r\n"
    )


def locked_with_pgp(_: Path) -> bytes:
    return (
        HEAD + b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; '
        b"boundary=b\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
        b"--b\r\nContent-Type: application/octet-stream; name=encrypted.asc\r\n\r\n"
        b"-----BEGIN PGP MESSAGE-----\r\n\r\nabc\r\n-----END PGP MESSAGE-----\r\n--b--\r\n"
    )


def locked_with_pgp_in_the_text(_: Path) -> bytes:
    return HEAD + b"\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nabc\r\n-----END PGP MESSAGE-----\r\n"


def restricted_by_outlook(_: Path) -> bytes:
    return (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nprotected\r\n--b\r\n"
        b"Content-Type: application/x-microsoft-rpmsg-message; name=message.rpmsg\r\n"
        b"Content-Disposition: attachment; filename=message.rpmsg\r\n\r\nxx\r\n--b--\r\n"
    )


@pytest.mark.parametrize(
    "made",
    [
        locked,
        locked_and_authenticated,
        locked_under_a_disclaimer,
        locked_with_pgp,
        locked_with_pgp_in_the_text,
        restricted_by_outlook,
    ],
)
def test_a_locked_mail_is_told_and_who_wrote_it_is_known(
    keys: Path, made: Callable[[Path], bytes]
) -> None:
    with pytest.raises(UnreadableMessage, match="加密的郵件") as told:
        read_message(data := made(keys), mailbox=MAILBOX)
    head = read_letterhead(data, mailbox=MAILBOX)
    assert head is not None
    assert (head.sender, head.tokens) == ("lin@example.tw", ("abcd2345",))
    assert "不加密的一般郵件" in told.value.advice


def test_a_locked_file_beside_a_form_keeps_the_form_from_nothing(keys: Path) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "lin@example.tw", MAILBOX
    message.set_content("x")
    message.add_attachment(DATA, "application", "octet-stream", filename="自評表.xlsx")
    message.add_attachment(
        openssl(keys, "-encrypt", "-outform", "DER", "cert.pem", data=b"x"),
        "application",
        "pkcs7-mime",
        filename="smime.p7m",
    )
    read: ParsedMessage = read_message(message.as_bytes(), mailbox=MAILBOX)
    assert [file.name for file in read.attachments] == ["自評表.xlsx", "smime.p7m"]


def test_whatever_is_cut_off_or_spoilt_is_told_or_kept_as_a_file(keys: Path) -> None:
    data = signed(keys, "-nodetach", "-outform", "DER")
    assert cms.kind_of(data) == "signed"
    for end in range(0, len(data), 7):
        spoilt = data[:end]
        if cms.kind_of(spoilt) == "signed":
            cms.signed_content(spoilt)
    for place in range(0, 80):
        spoilt = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
        if cms.kind_of(spoilt) == "signed":
            try:
                cms.signed_content(spoilt)
            except ValueError:
                continue
