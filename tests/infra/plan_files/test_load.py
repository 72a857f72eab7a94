"""An office is its plans, its people and its closures; all that is wrong is told together."""

from datetime import date
from pathlib import Path

import pytest

from dutyflow.errors import PlanError
from dutyflow.infra.plan_files.load import (
    load_all,
    load_closures,
    load_contacts,
    load_office,
    load_plan,
    load_plans,
)

REAL = Path(__file__).resolve().parents[3] / "include/plan"
NEXT_YEAR = [("year: 107", "year: 108"), ("effective_from: 107-03-29", "effective_from: 108-02-01")]


def findings_of(load, path):
    with pytest.raises(PlanError) as refused:
        load(path)
    return [(f.where, f.found, f.expected, f.hint) for f in refused.value.findings]


def test_the_real_plans_are_in_order():
    (office,) = load_all(REAL)
    assert office.office == "pingtung"
    assert office.name == "台灣電力公司屏東區營業處"
    assert set(office.contacts.sections) == {section.id for section in office.plans[0].sections}


def test_plans_come_in_the_order_of_their_coming_into_force(plans_root, write_plan):
    write_plan(*NEXT_YEAR, name="penghu/108.yaml")
    write_plan(
        ("year: 107", "year: 99"),
        ("effective_from: 107-03-29", "effective_from: 99-01-01"),
        name="penghu/99.yaml",
    )
    office = load_office(plans_root / "penghu")
    assert [plan.year for plan in office.plans] == [99, 107, 108]


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2018, 3, 28), None),
        (date(2018, 3, 29), 107),
        (date(2019, 1, 31), 107),
        (date(2019, 2, 1), 108),
        (date(2030, 1, 1), 108),
    ],
)
def test_a_plan_is_in_force_until_the_next_replaces_it(plans_root, write_plan, day, year):
    write_plan(*NEXT_YEAR, name="penghu/108.yaml")
    plan = load_office(plans_root / "penghu").in_force(day)
    assert (plan.year if plan else None) == year


def test_local_contacts_win(plans_root, write_contacts):
    write_contacts(("name: 曾秀英", "name: 本尊"), name="penghu/contacts.local.yaml")
    assert load_office(plans_root / "penghu").contacts.coordinator.name == "本尊"
    (plans_root / "penghu/contacts.yaml").unlink()
    assert load_office(plans_root / "penghu").contacts.coordinator.name == "本尊"


def test_the_offices_own_closures_come_last_and_win(plans_root):
    (plans_root / "closures.csv").write_text(
        "date,kind,reason,source\n107-07-10,off,颱風,新聞\n107-07-11,off,颱風,新聞\n",
        encoding="utf-8",
    )
    (plans_root / "penghu/closures.csv").write_text(
        "date,kind,reason,source\n2018-07-11,work,本處照常上班,處長室\n", encoding="utf-8"
    )
    office = load_office(plans_root / "penghu")
    assert [(c.day, c.kind) for c in office.closures] == [
        (date(2018, 7, 10), "off"),
        (date(2018, 7, 11), "off"),
        (date(2018, 7, 11), "work"),
    ]
    assert not office.calendar.is_working(date(2018, 7, 10))
    assert office.calendar.is_working(date(2018, 7, 11))


def test_everything_wrong_in_an_office_is_told_at_once(plans_root, write_plan, write_contacts):
    plan = write_plan(("owners: [business]", "owners: [業務組]"))
    later = write_plan(*NEXT_YEAR, ("frequency: yearly", "frequency: x"), name="penghu/108.yaml")
    contacts = write_contacts(("wang@penghu.example.tw", "wang 在 penghu"))
    closures = plans_root / "penghu/closures.csv"
    closures.write_text("date,kind,reason,source\n107-07-10,休,颱風,\n", encoding="utf-8")
    stray = plans_root / "penghu/l09.yaml"
    stray.write_text("a: 1\n", encoding="utf-8")

    told = findings_of(load_office, plans_root / "penghu")
    assert [(where, found) for where, found, _, _ in told] == [
        (str(stray), "不認得的檔名 l09.yaml"),
        (f"{plan}:26", "沒有組室「業務組」"),
        (f"{later}:34", "frequency（執行期間）為「x」"),
        (f"{closures}:2", "kind 為「休」"),
        (f"{contacts}:5", "email（電子郵件）為「wang 在 penghu」"),
    ]


def test_an_office_in_the_wrong_folder(plans_root):
    (plans_root / "penghu").rename(plans_root / "kinmen")
    ((where, found, expected, _),) = findings_of(load_office, plans_root / "kinmen")
    assert where == f"{plans_root / 'kinmen/107.yaml'}:1"
    assert found == "資料夾名為 kinmen，office 的 id 為 penghu"
    assert expected == "資料夾名與機關代碼相同"


@pytest.mark.parametrize("day", ["107-03-29", "107-03-01"])
def test_a_later_plan_takes_effect_later(plans_root, write_plan, day):
    path = write_plan(
        ("year: 107", "year: 108"), ("from: 107-03-29", f"from: {day}"), name="penghu/108.yaml"
    )
    told = findings_of(load_office, plans_root / "penghu")
    spoken = {"107-03-29": "107年3月29日", "107-03-01": "107年3月1日"}[day]
    assert (
        f"{path}:3",
        f"108 年度的計畫於{spoken}生效，107 年度的計畫於107年3月29日生效",
        "同一機關年度在後的計畫，生效日也在後",
        "",
    ) in told


@pytest.mark.parametrize(
    ("name", "second", "first"),
    [("0107.yaml", "107.yaml", "0107.yaml"), ("108.yaml", "108.yaml", "107.yaml")],
)
def test_a_plan_that_is_there_twice(plans_root, write_plan, name, second, first):
    twin = write_plan(name=f"penghu/{name}")
    assert findings_of(load_plans, plans_root / "penghu") == [
        (
            f"{twin}:2",
            f"檔名為 {name}，year 為 107",
            "檔名與年度相同",
            "請改檔名為 107.yaml，或改正 year",
        ),
        (
            f"{twin.with_name(second)}:2",
            f"與 {first} 同為 107 年度的計畫",
            "一個年度一個計畫檔",
            "請刪去其中一個，或改正 year",
        ),
    ]


def test_three_plans_each_in_its_place(plans_root, write_plan):
    """The second comes into force in the year before its own; the year 109 has no plan."""
    for year, since in ((108, "107-12-20"), (110, "110-01-01")):
        edits = [("year: 107", f"year: {year}"), ("from: 107-03-29", f"from: {since}")]
        write_plan(*edits, name=f"penghu/{year}.yaml")
    office = load_plans(plans_root / "penghu")
    days = [date(2018, 12, 19), date(2018, 12, 20), date(2020, 12, 31), date(2021, 1, 1)]
    assert [office.in_force(day).year for day in days] == [107, 108, 108, 110]


def test_of_three_plans_each_is_held_against_the_one_before_it(plans_root, write_plan):
    for year, since in ((108, "108-12-01"), (109, "108-06-01")):
        edits = [("year: 107", f"year: {year}"), ("from: 107-03-29", f"from: {since}")]
        write_plan(*edits, name=f"penghu/{year}.yaml")
    ((where, found, _, _),) = findings_of(load_plans, plans_root / "penghu")
    assert where == f"{plans_root / 'penghu/109.yaml'}:3"
    assert found == "109 年度的計畫於108年6月1日生效，108 年度的計畫於108年12月1日生效"


@pytest.mark.parametrize("name", ["108.YAML", "108.yml", "１０８.yaml", "107 - 複製.yaml"])
def test_a_plan_whose_name_is_not_quite_right_is_not_left_out_in_silence(
    plans_root, write_plan, name
):
    stray = write_plan(*NEXT_YEAR, name=f"penghu/{name}")
    ((where, found, _, _),) = findings_of(load_plans, plans_root / "penghu")
    assert (where, found) == (str(stray), f"不認得的檔名 {name}")


def test_a_draft_is_of_no_effect_whatever_stands_in_it(plans_root, write_plan):
    write_plan(*NEXT_YEAR, ("frequency: yearly", "frequency: x"), name="penghu/108.draft.yaml")
    assert [plan.year for plan in load_office(plans_root / "penghu").plans] == [107]


def test_a_draft_is_checked_as_the_plan_that_it_will_be(plans_root, write_plan):
    draft = write_plan(*NEXT_YEAR, name="penghu/108.draft.yaml")
    assert load_plan(draft).year == 108
    wrong = write_plan(*NEXT_YEAR, name="penghu/109.draft.yaml")
    assert findings_of(load_plan, wrong) == [
        (
            f"{wrong}:2",
            "檔名為 109.draft.yaml，year 為 108",
            "檔名與年度相同",
            "請改檔名為 108.draft.yaml，或改正 year",
        )
    ]


def test_a_year_without_a_plan_goes_on_with_the_last_one(plans_root, write_plan):
    write_plan(
        ("year: 107", "year: 115"), ("from: 107-03-29", "from: 115-01-01"), name="penghu/115.yaml"
    )
    assert load_office(plans_root / "penghu").in_force(date(2022, 1, 1)).year == 107


def test_days_that_no_cycle_covers_because_the_next_plan_has_another_rhythm(plans_root, write_plan):
    """The quarter would have opened under the new plan, which knows but of its last month."""
    late = ("opens: {working_days: -10", "opens: {working_days: 1")
    write_plan(late, ("every: half_year", "every: quarter"))
    path = write_plan(
        late,
        ("every: half_year", "every: month"),
        ("year: 107", "year: 108"),
        ("effective_from: 107-03-29", "effective_from: 107-12-20"),
        name="penghu/108.yaml",
    )
    assert findings_of(load_plans, plans_root / "penghu") == [
        (
            f"{path}:3",
            "「半年自行考核」由每季改為每月，107年10月1日至107年11月30日不在任何一期之內",
            "換計畫前後各期相連",
            "請調整生效日，或沿用原來的週期",
        )
    ]
    write_plan(
        late,
        ("every: half_year", "every: month"),
        ("year: 107", "year: 108"),
        ("effective_from: 107-03-29", "effective_from: 108-01-15"),
        name="penghu/108.yaml",
    )
    assert [plan.year for plan in load_plans(plans_root / "penghu").plans] == [107, 108]


def test_a_year_that_holds_months_of_the_earlier_plan_leaves_no_gap(plans_root, write_plan):
    write_plan(("every: half_year", "every: month"))
    write_plan(
        ("every: half_year", "every: year"),
        ("year: 107", "year: 108"),
        ("effective_from: 107-03-29", "effective_from: 108-03-01"),
        name="penghu/108.yaml",
    )
    assert [plan.year for plan in load_plans(plans_root / "penghu").plans] == [107, 108]


def test_an_office_without_people(plans_root):
    path = plans_root / "penghu/contacts.yaml"
    path.unlink()
    assert findings_of(load_office, plans_root / "penghu") == [
        (str(path), "沒有聯絡人檔", "與計畫同資料夾的 contacts.yaml", "")
    ]
    assert load_plans(plans_root / "penghu").office == "penghu"


def test_an_office_without_plans(plans_root):
    (plans_root / "penghu/107.yaml").unlink()
    told = findings_of(load_office, plans_root / "penghu")
    assert told == [(str(plans_root / "penghu"), "沒有計畫檔", "<機關代碼>/<年度>.yaml", "")]


CONTACT_MISTAKES = [
    pytest.param(
        ("  design:\n", "  desgin:\n"),
        (
            7,
            "計畫沒有組室「desgin」",
            "business（業務組）、design（設計組）",
            "是不是 design（設計組）？",
        ),
        id="misspelt section",
    ),
    pytest.param(
        ("  design:\n", "  設計組:\n"),
        (7, "計畫沒有組室「設計組」", "business（業務組）、design（設計組）", "應寫 design"),
        id="section in Chinese",
    ),
    pytest.param(
        (
            "  design:\n    owners:\n      - {name: 劉家豪, email: liu@penghu.example.tw}\n"
            "    head: {name: 楊俊傑, email: yang@penghu.example.tw}\n",
            "",
        ),
        (
            2,
            "組室 design（設計組）沒有聯絡人",
            "計畫中的每一個組室都有 owners（承辦人）與 head（組長）",
            "",
        ),
        id="section left out",
    ),
    pytest.param(
        ("    head: {name: 黃國華, email: huang@penghu.example.tw}\n", ""),
        (3, "缺少 head（組長）", "寫出這個欄位", ""),
        id="no head",
    ),
    pytest.param(
        (
            "    owners:\n      - {name: 王小美, email: wang@penghu.example.tw}\n",
            "    owners: []\n",
        ),
        (4, "owners（承辦人）為空的清單", "至少 1 項", ""),
        id="no owner",
    ),
    pytest.param(
        ("email: tseng@penghu.example.tw", "email: 分機 123"),
        (
            11,
            "email（電子郵件）為「分機 123」",
            "電子郵件地址，例如 name@example.tw",
            "",
        ),
        id="no address",
    ),
    pytest.param(
        ("director:", "directer:"),
        (
            12,
            "「directer」不是本檔的欄位",
            "mailbox、sections、coordinator、director、head_office",
            "是不是 director（處長）？",
        ),
        id="misspelt field",
    ),
]


@pytest.mark.parametrize(("edit", "expected"), CONTACT_MISTAKES)
def test_mistakes_in_contacts(plans_root, write_contacts, edit, expected):
    path = write_contacts(edit)
    line, *rest = expected
    assert findings_of(load_office, plans_root / "penghu") == [(f"{path}:{line}", *rest)]


def test_contacts_alone_are_checked_for_their_form(write_contacts):
    assert load_contacts(write_contacts(("  design:\n", "  other:\n"))).coordinator.name == "曾秀英"
    path = write_contacts(("director:", "boss:"))
    assert [found for _, found, _, _ in findings_of(load_contacts, path)] == [
        "缺少 director（處長）",
        "「boss」不是本檔的欄位",
    ]


def test_only_the_two_latest_plans_need_people(plans_root, write_plan, write_contacts):
    """A section that was abolished years ago has nobody to name, and may still be named."""
    old = (
        "  - {id: design, name: 設計組}",
        "  - {id: design, name: 設計組}\n  - {id: old, name: 舊組}",
    )
    write_plan(
        old,
        ("year: 107", "year: 106"),
        ("effective_from: 107-03-29", "effective_from: 106-03-29"),
        name="penghu/106.yaml",
    )
    assert findings_of(load_office, plans_root / "penghu")[0][1] == "組室 old（舊組）沒有聯絡人"
    write_plan(*NEXT_YEAR, name="penghu/108.yaml")
    assert len(load_office(plans_root / "penghu").plans) == 3
    write_contacts(
        (
            "  design:\n",
            "  old:\n    owners: [{name: 舊, email: o@e.example.tw}]\n"
            "    head: {name: 舊, email: o@e.example.tw}\n  design:\n",
        )
    )
    assert "old" in load_office(plans_root / "penghu").contacts.sections


def test_all_offices_are_checked_even_when_the_first_is_wrong(plans_root, write_plan):
    a = write_plan(("frequency: yearly", "frequency: x"))
    b = write_plan(("frequency: yearly", "frequency: y"), name="zzz/107.yaml")
    (plans_root / "closures.csv").write_text("day,kind\n", encoding="utf-8")
    told = [(where, found) for where, found, _, _ in findings_of(load_all, plans_root)]
    assert (f"{a}:34", "frequency（執行期間）為「x」") in told
    assert (f"{b}:34", "frequency（執行期間）為「y」") in told
    assert told.count((f"{plans_root / 'closures.csv'}:1", "第一列為「day,kind」")) == 1


def test_a_root_without_offices(tmp_path):
    assert findings_of(load_all, tmp_path) == [
        (str(tmp_path), "沒有計畫檔", "<機關代碼>/<年度>.yaml", "")
    ]
    assert findings_of(load_all, tmp_path / "nowhere")[0][1] == "找不到"


def test_hidden_folders_and_other_files_are_left_alone(plans_root):
    (plans_root / ".git").mkdir()
    (plans_root / ".git/107.yaml").write_text("no plan", encoding="utf-8")
    (plans_root / "notes").mkdir()
    (plans_root / "penghu/.107.yaml.swp").write_text("no plan", encoding="utf-8")
    (plans_root / "penghu/107.source.txt").write_text("printed", encoding="utf-8")
    assert [office.office for office in load_all(plans_root)] == ["penghu"]


CLOSURE_MISTAKES = [
    ("date;kind;reason\n", (1, "第一列為「date;kind;reason」", "date,kind,reason,source", "")),
    ("", (1, "第一列為「」", "date,kind,reason,source", "")),
    (
        "{}107-02-30,off,颱風,\n",
        (2, "date 為「107-02-30」", "民國年-月-日，例如 107-07-06", "沒有這一天"),
    ),
    ("{}明天,off,颱風,\n", (2, "date 為「明天」", "民國年-月-日，例如 107-07-06", "")),
    ("{}107-07-10,放假,颱風,\n", (2, "kind 為「放假」", "off（放假）或work（上班）", "應寫 off")),
    ("{}107-07-10,off,,\n", (2, "沒有寫 reason（原因）", "原因，例如 颱風停止上班", "")),
    ("{}107-07-10\n", (2, "1 欄", "4 欄：date,kind,reason,source", "")),
    (
        "{}107-07-10,off,颱風,\n\n2018/7/10,work,補班,\n",
        (4, "107年7月10日重複", "每一天只列一次", "另見第 2 行"),
    ),
]


@pytest.mark.parametrize(("text", "expected"), CLOSURE_MISTAKES)
def test_mistakes_in_closures(tmp_path, text, expected):
    path = tmp_path / "closures.csv"
    path.write_text(text.replace("{}", "date,kind,reason,source\n"), encoding="utf-8")
    line, *rest = expected
    assert findings_of(load_closures, path) == [(f"{path}:{line}", *rest)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "big5"])
def test_closures_as_spreadsheets_save_them(tmp_path, encoding):
    path = tmp_path / "closures.csv"
    text = (
        'date,kind,reason,source\r\n107/7/10,off,"颱風, 停班",\r\n,,,\r\n2018-12-22,work,補班\r\n'
    )
    path.write_bytes(text.encode(encoding))
    first, second = load_closures(path)
    assert (first.day, first.kind, first.reason) == (date(2018, 7, 10), "off", "颱風, 停班")
    assert (second.day, second.kind, second.source) == (date(2018, 12, 22), "work", "")


def test_a_plan_file_may_be_looked_at_anywhere_under_any_name(write_plan):
    assert load_plan(write_plan(name="elsewhere/draft.yaml")).year == 107
