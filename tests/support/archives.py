"""ODT and DOCX files written by hand, for what no word processor would write."""

from __future__ import annotations

import io
import zipfile

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ODF = "urn:oasis:names:tc:opendocument:xmlns"
ODT_TYPE = "application/vnd.oasis.opendocument.text"


def named(value: object) -> str:
    """For `ids`: a file's bytes would be its name, and differ with the moment it was made."""
    return value if isinstance(value, str) else "file"


def zipped(members: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def docx(body: str, *, before: str = "", **parts: str) -> bytes:
    """A DOCX of the body's XML. `parts` are other members of its folder (numbering, styles)."""
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<w:document xmlns:w="{WORD}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<w:body>{body}</w:body></w:document>"
    )
    members = {"[Content_Types].xml": "<Types/>", "word/document.xml": document}
    others = {f"word/{name}.xml": _part(name, content) for name, content in parts.items()}
    return zipped({**members, **others})


def as_word_online(data: bytes) -> bytes:
    """A DOCX with the names that Word in a browser gives to its parts: `document2.xml`."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.startswith("word/")]
        parts = {name.replace(".xml", "2.xml"): archive.read(name) for name in names}
    kinds = [name[len("word/") : -len("2.xml")] for name in parts]
    main = "/word/document2.xml"
    relations = {kind: f"{kind}2.xml" for kind in kinds if kind != "document"}
    return zipped(
        {
            "_rels/.rels": _relations({"officeDocument": main}),
            "word/_rels/document2.xml.rels": _relations(relations),
            **parts,
        }
    )


def _relations(targets: dict[str, str]) -> str:
    return (
        f'<Relationships xmlns="{PACKAGE}">'
        + "".join(
            f'<Relationship Type="{RELATIONS}/{kind}" Target="{target}"/>'
            for kind, target in targets.items()
        )
        + "</Relationships>"
    )


def _part(name: str, content: str) -> str:
    return f'<w:{name} xmlns:w="{WORD}">{content}</w:{name}>'


def odt(body: str, *, styles: str = "", before: str = "") -> bytes:
    """An ODT of the text's XML."""
    spaces = " ".join(
        f'xmlns:{name}="{ODF}:{uri}:1.0"'
        for name, uri in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("style", "style"),
            ("draw", "drawing"),
        )
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {spaces}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return zipped({"mimetype": ODT_TYPE, "content.xml": content})
