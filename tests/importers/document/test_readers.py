"""What real documents hold besides words: each is read, or leaves a remark where it stood."""

from __future__ import annotations

import pytest

from dutyflow.importers.document.drafting import document_of
from dutyflow.importers.document.parts import Passage, Table
from tests.support.archives import as_word_online, docx, odt


def word(inner: str) -> Passage:
    """A Word paragraph's content, as read."""
    return only(docx(f"<w:p>{inner}</w:p>"))


def flow(inner: str, styles: str = "") -> Passage:
    return only(odt(f"<text:p>{inner}</text:p>", styles=styles))


def only(data: bytes) -> Passage:
    (block,) = document_of(data).blocks
    assert isinstance(block, Passage)
    return block


def table(data: bytes) -> Table:
    (block,) = document_of(data).blocks
    assert isinstance(block, Table)
    return block


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


@pytest.mark.parametrize(
    ("inner", "text", "remark"),
    [
        (f"{run('服務')}<w:r><w:softHyphen/></w:r>{run('一致')}", "服務一致", ""),
        (run("服\u00ad務\u200b一致"), "服務一致", ""),
        (f"<w:hyperlink>{run('網站')}</w:hyperlink>", "網站", ""),
        (f"<w:sdt><w:sdtContent>{run('控制項')}</w:sdtContent></w:sdt>", "控制項", ""),
        ("<w:r><w:t>一</w:t><w:tab/><w:t>二</w:t></w:r>", "一 二", ""),
        ("<w:r><w:instrText>PAGE</w:instrText></w:r>", "", ""),
        (
            f"<w:del><w:r><w:delText>舊</w:delText></w:r></w:del><w:ins>{run('新')}</w:ins>",
            "新",
            "追蹤修訂",
        ),
        (f"<w:moveFrom>{run('舊')}</w:moveFrom><w:moveTo>{run('新')}</w:moveTo>", "新", "追蹤修訂"),
        (f"{run('本文')}<w:r><w:footnoteReference w:id='1'/></w:r>", "本文", "註腳"),
        (f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>{run('見')}", "見", "隱藏文字"),
        ("<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>見</w:t></w:r>", "見", ""),
        ("<w:r><w:rPr><w:strike/></w:rPr><w:t>刪</w:t></w:r>", "刪", "刪除線"),
        ("<w:r><w:drawing/></w:r>", "", "圖片"),
        ("<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>",
         "", "文字方塊「框」"),
        (f"<mc:AlternateContent><mc:Choice>{run('新')}</mc:Choice><mc:Fallback>{run('舊')}"
         "</mc:Fallback></mc:AlternateContent>", "新", ""),
        ("<w:r><w:sym w:char='F0A8'/></w:r>", "□", "符號"),
        (f"<w:r><w:ruby><w:rt>{run('ㄧ')}</w:rt><w:rubyBase>"
         f"{run('一')}</w:rubyBase></w:ruby></w:r>",
         "一", ""),
    ],
)  # fmt: skip
def test_what_a_word_paragraph_holds(inner: str, text: str, remark: str) -> None:
    passage = word(inner)
    assert passage.text == text
    assert bool(passage.remarks) == bool(remark)
    assert remark in "".join(passage.remarks)


@pytest.mark.parametrize(
    ("inner", "text", "remark"),
    [
        ("服\u00ad務<text:span>一致</text:span>性", "服務一致性", ""),
        ("一<text:s text:c='3'/>二<text:tab/>三", "一 二 三", ""),
        ("本文<text:note><text:note-citation>1</text:note-citation></text:note>", "本文", "註腳"),
        ("<text:change-start/>新<text:change-end/><text:change/>", "新", "追蹤修訂"),
        ("見<office:annotation><text:p>批註</text:p></office:annotation>", "見", ""),
        ("<draw:frame><draw:image/></draw:frame>", "", "圖片"),
        ("<draw:frame><draw:text-box><text:p>框</text:p></draw:text-box></draw:frame>",
         "", "文字方塊「框」"),
        ("見<text:span text:style-name='H'>藏</text:span>", "見", "隱藏文字"),
        ("<text:span text:style-name='D'>刪</text:span>", "刪", "刪除線"),
        ("一<text:soft-page-break/>二", "一二", ""),
        ("<text:ruby><text:ruby-base>一</text:ruby-base><text:ruby-text>ㄧ</text:ruby-text>"
         "</text:ruby>", "一", ""),
    ],
)  # fmt: skip
def test_what_an_odt_paragraph_holds(inner: str, text: str, remark: str) -> None:
    styles = (
        "<style:style style:name='H'><style:text-properties text:display='none'/></style:style>"
        "<style:style style:name='D'><style:text-properties "
        "style:text-line-through-style='solid'/></style:style>"
    )
    passage = flow(inner, styles)
    assert passage.text == text
    assert bool(passage.remarks) == bool(remark)
    assert remark in "".join(passage.remarks)


def test_a_line_break_parts_lines_and_a_paragraph_begins_anew() -> None:
    for passage in (
        word("<w:r><w:t>一</w:t><w:br/><w:t>二</w:t></w:r>"),
        flow("一<text:line-break/>二"),
    ):
        assert [(line.text, line.starts) for line in passage.lines] == [("一", True), ("二", False)]


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{run(text)}</w:p></w:tc>"


def test_word_merges_become_cells_that_cover_rows_and_columns() -> None:
    begins, goes_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    wide = '<w:gridSpan w:val="2"/>'
    grid = table(
        docx(
            f"<w:tbl><w:tr>{tc('甲', begins)}{tc('乙', wide)}</w:tr>"
            f"<w:tr>{tc('', goes_on)}{tc('丙')}{tc('丁')}</w:tr>"
            f"<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>{tc('戊')}</w:tr></w:tbl>"
        )
    )
    covered = {c.passage.text: (c.top, c.left, c.height, c.width) for c in grid.cells}
    assert covered == {
        "甲": (0, 0, 2, 1),
        "乙": (0, 1, 1, 2),
        "丙": (1, 1, 1, 1),
        "丁": (1, 2, 1, 1),
        "戊": (2, 1, 1, 1),
    }


def test_a_word_merge_that_hides_words_or_continues_nothing_is_remarked() -> None:
    begins, goes_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    hidden = table(
        docx(f"<w:tbl><w:tr>{tc('甲', begins)}</w:tr><w:tr>{tc('藏', goes_on)}</w:tr></w:tbl>")
    )
    assert "未顯示的文字「藏」" in hidden.cells[0].passage.remarks[0]
    astray = table(docx(f"<w:tbl><w:tr>{tc('甲', goes_on)}</w:tr></w:tbl>"))
    assert "對不齊" in astray.cells[0].passage.remarks[0]


def test_a_row_deleted_under_tracking_is_gone() -> None:
    deleted = "<w:trPr><w:del/></w:trPr>"
    grid = table(docx(f"<w:tbl><w:tr>{deleted}{tc('舊')}</w:tr><w:tr>{tc('新')}</w:tr></w:tbl>"))
    assert [cell.passage.text for cell in grid.cells] == ["新"]


def test_odt_spans_cover_and_repeated_cells_repeat() -> None:
    cell = "<table:table-cell{}><text:p>{}</text:p></table:table-cell>"
    spanned = ' table:number-rows-spanned="2" table:number-columns-spanned="2"'
    three = ' table:number-columns-repeated="3"'
    grid = table(
        odt(
            "<table:table><table:table-row>"
            f"{cell.format(spanned, '甲')}<table:covered-table-cell/>{cell.format('', '乙')}"
            "</table:table-row><table:table-row>"
            '<table:covered-table-cell table:number-columns-repeated="2"/>'
            f"{cell.format('', '丙')}</table:table-row><table:table-row>"
            f"{cell.format(three, '丁')}"
            "</table:table-row></table:table>"
        )
    )
    assert [(c.passage.text, c.top, c.left, c.height, c.width) for c in grid.cells] == [
        ("甲", 0, 0, 2, 2),
        ("乙", 0, 2, 1, 1),
        ("丙", 1, 2, 1, 1),
        ("丁", 2, 0, 1, 1),
        ("丁", 2, 1, 1, 1),
        ("丁", 2, 2, 1, 1),
    ]


def numbered(list_id: int, depth: int = 0, text: str = "x") -> str:
    properties = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{list_id}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(text)}</w:p>"


def level(depth: int, counting: str, text: str, start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{counting}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def test_word_counts_as_it_prints() -> None:
    numbering = (
        f'<w:abstractNum w:abstractNumId="7">{level(0, "taiwaneseCountingThousand", "（%1）")}'
        f"{level(1, 'decimal', '%2.')}{level(2, 'ideographTraditional', '%3、')}</w:abstractNum>"
        f'<w:abstractNum w:abstractNumId="8">{level(0, "klingon", "%1.")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="7"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="4"/></w:lvlOverride></w:num>'
        '<w:num w:numId="4"><w:abstractNumId w:val="8"/></w:num>'
    )
    lines = [(1, 0), (1, 1), (1, 1), (1, 2), (2, 0), (2, 1), (3, 0), (0, 0), (4, 0), (9, 0)]
    body = "".join(numbered(list_id, depth) for list_id, depth in lines)
    blocks = document_of(docx(body, numbering=numbering)).blocks
    assert [block.text for block in blocks if isinstance(block, Passage)] == [
        "（一）x", "1.x", "2.x", "甲、x", "（二）x", "1.x", "（四）x", "x", "?.x", "x",
    ]  # fmt: skip
    unsure = [bool(block.remarks) for block in blocks if isinstance(block, Passage)]
    assert unsure == [False] * 8 + [True, True]


def word_with_styles() -> bytes:
    """Three paragraphs: by a style with a list, by one based on it, by one based on itself."""
    styles = (
        '<w:style w:styleId="A"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="B"><w:basedOn w:val="A"/></w:style>'
        '<w:style w:styleId="C"><w:basedOn w:val="C"/></w:style>'
    )
    numbering = (
        f'<w:abstractNum w:abstractNumId="1">{level(0, "decimal", "(%1) ")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    )
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{run("x")}</w:p>' for style in "ABC"
    )
    return docx(body, styles=styles, numbering=numbering)


def test_word_takes_a_list_from_a_style() -> None:
    blocks = document_of(word_with_styles()).blocks
    assert [b.text for b in blocks if isinstance(b, Passage)] == ["(1) x", "(2) x", "x"]


def test_word_in_a_browser_names_its_parts_otherwise() -> None:
    assert document_of(as_word_online(word_with_styles())) == document_of(word_with_styles())


def test_odt_counts_as_it_prints() -> None:
    styles = (
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" '
        'style:num-format="1" style:num-suffix="."/><text:list-level-style-number text:level="2" '
        'style:num-format="甲, 乙, 丙, ..." style:num-suffix="、"/></text:list-style>'
    )
    item = "<text:list-item{}><text:p>x</text:p>{}</text:list-item>"
    inner = f"<text:list>{item.format('', '')}{item.format('', '')}</text:list>"
    seventh = ' text:start-value="7"'
    begun = '<text:list text:style-name="L"'
    body = (
        f"{begun} xml:id='a'>{item.format('', inner)}{item.format('', '')}</text:list>"
        f"{begun} text:continue-numbering='true'>{item.format('', '')}</text:list>"
        f"{begun}>{item.format('', '')}{item.format(seventh, '')}</text:list>"
    )
    blocks = document_of(odt(body, styles=styles)).blocks
    assert [b.text for b in blocks if isinstance(b, Passage)] == [
        "1.x", "甲、x", "乙、x", "2.x", "3.x", "1.x", "7.x",
    ]  # fmt: skip
