"""Hypothesis strategies: any plan that passes the lint, any contacts, any closures."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import assume
from hypothesis import strategies as st

from dutyflow.calendars.roc import ROC_EPOCH
from dutyflow.calendars.working_days import GOVERNMENT, Closure
from dutyflow.plan.asking import RESERVED
from dutyflow.plan.draft import draft_of
from dutyflow.plan.lint.plan import lint_plan
from dutyflow.plan.model import Contacts, Plan

# Texts that YAML or a spreadsheet could mistake for something else are as welcome as Chinese.
tricky = st.sampled_from(
    [
        *("null", "107-03-29", "2018-02-30", "1.10", "no", "TRUE", "tRuE", "1.5e3", "~", "０"),
        *("- a", "a: b", "#", "'甲", '"', "甲：乙", "甲、乙", "・甲", "業務組（a）", "_x0041_"),
        *("=1+1", "+1", "-1", "@x", "是", "各部門", "編號", "具體作法", "x" * 100),
    ]
)
printable = st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Cn", "Co"])
names = tricky | st.text(printable, min_size=1, max_size=20).map(str.strip).filter(bool)
texts = (
    tricky
    | st.text(printable, min_size=1, max_size=40).map(str.strip).filter(bool)
    | st.sampled_from(["甲\n乙", "甲：\n\n  1. 乙\n  2. 丙", "# 甲\n- 乙\n： 丙"])
)
codes = st.builds(
    str.__add__, st.sampled_from("abnoxyz"), st.text("alorst019_", max_size=20)
).filter(lambda code: code != "all")
frequencies = st.sampled_from(["ongoing", "yearly"])
rolls = st.sampled_from(["none", "next", "previous"])
flags = st.booleans()
numbers = st.integers(-1000, 1000) | st.floats(-1e20, 1e20).map(lambda number: number or 0.0)


def optional(**fields):
    """A mapping with any of these fields left out."""
    return st.fixed_dictionaries({}, optional=fields)


@st.composite
def openings(draw, every):
    """A rule for the opening of a period of the calendar."""
    anchors = st.sampled_from(["period_start", "period_end"])
    kinds = [
        st.fixed_dictionaries(
            {"working_days": st.integers(-10, -1), "from": st.just("period_end")},
        ),
        st.fixed_dictionaries(
            {"calendar_days": st.integers(-15, 3), "from": anchors}, optional={"roll": rolls}
        ),
        st.fixed_dictionaries(
            {
                "weekday": st.sampled_from(["monday", "friday", "sunday"]),
                "nth": st.sampled_from([-4, -2, -1, 1, 2, 4]),
                "of": anchors,
            },
            optional={"roll": rolls},
        ),
        st.fixed_dictionaries(
            {"on": st.lists(month_days(), min_size=1, max_size=3)},
            optional={"from": anchors, "roll": rolls},
        ),
    ]
    if every == "year":
        kinds.append(
            st.builds(
                lambda day, more: day | more,
                month_days(),
                optional(year_offset=st.integers(-1, 1), roll=rolls),
            )
        )
    return draw(st.one_of(kinds))


def month_days():
    return st.fixed_dictionaries({"month": st.integers(1, 12), "day": st.integers(1, 28)})


def laters(anchor, least):
    """A rule for a day after another."""
    return st.one_of(
        st.fixed_dictionaries(
            {"working_days": st.integers(least, 20), "from": st.just(anchor)},
        ),
        st.fixed_dictionaries(
            {"calendar_days": st.integers(least * 20, 40), "from": st.just(anchor)},
            optional={"roll": st.sampled_from(["none", "next"])},
        ),
    )


def later_days():
    return st.fixed_dictionaries(
        {"collect_by": laters("opens", 1), "report_due": laters("collect_by", 0)}
    )


@st.composite
def regular(draw):
    every = draw(st.sampled_from(["month", "quarter", "half_year", "year"]))
    days = draw(later_days())
    if draw(flags):
        return {"every": every, "unannounced": draw(optional(seed=names)), **days}
    return {"every": every, "opens": draw(openings(every)), **days}


@st.composite
def given_by_dates(draw, year):
    """A duty whose periods, in the second half of the year, are given by their dates."""
    starts = sorted(draw(st.lists(st.integers(0, 5), min_size=1, max_size=3, unique=True)))
    first = date(year + ROC_EPOCH, 7, 1)
    spans = []
    for start in starts:
        begin = first + timedelta(days=30 * start)
        spans.append({"start": begin, "end": begin + timedelta(days=draw(st.integers(20, 29)))})
    if draw(flags):
        last = spans[-1]["end"]
        days = {
            name: {"date": last + timedelta(days=after), **draw(optional(roll=st.just("next")))}
            for name, after in (("opens", -20), ("collect_by", 0), ("report_due", 10))
        }
        return {"every": "once", "period": spans[-1], **days}
    told = draw(st.lists(names, min_size=len(spans), max_size=len(spans), unique=True))
    dates = [{**span, "name": name} for span, name in zip(spans, told, strict=True)]
    opens = {"calendar_days": draw(st.integers(0, 9)), "from": "period_start"}
    return {"every": "dates", "dates": dates, "opens": opens, **draw(later_days())}


def following(duty_id):
    return st.fixed_dictionaries(
        {
            "every": st.just("after"),
            "after": st.just(duty_id),
            "opens": laters("approval", 1),
        }
    ).flatmap(lambda fields: later_days().map(lambda days: fields | days))


@st.composite
def duties(draw, measures, forms, ladders, year):
    ids = draw(st.lists(codes, min_size=1, max_size=3, unique=True))
    made = []
    for number, duty_id in enumerate(ids):
        recurrences = [regular(), given_by_dates(year)]
        if number:
            recurrences.append(following(ids[0]))
        covers = st.fixed_dictionaries({"frequency": st.just([measures[0]["frequency"]])})
        if len(measures) > 1:
            covers |= st.fixed_dictionaries(
                {"measures": st.lists(st.sampled_from([m["id"] for m in measures]), min_size=1,
                                      unique=True)}
            )  # fmt: skip
        form = draw(st.sampled_from(["self_assessment", *(form["id"] for form in forms)]))
        made.append(
            {
                "id": duty_id,
                "name": draw(names),
                "clause": draw(texts),
                "covers": draw(covers),
                **draw(st.one_of(recurrences)),
                **draw(optional(assumption=texts, publish=flags, collect_again=st.integers(1, 60))),
                "ladder": draw(st.sampled_from(["short", *(ladder["id"] for ladder in ladders)])),
                "form": form,
                "report": "plain",
                "deliver_to": draw(
                    st.lists(
                        st.sampled_from(["head_office", "director", "coordinator"]),
                        min_size=1,
                        unique=True,
                    )
                ),
            }
        )
    return made


@st.composite
def forms(draw):
    if draw(st.integers(0, 2)) == 0:
        return []
    ids = draw(st.lists(codes, min_size=1, max_size=2, unique=True))
    sheets = st.sampled_from(["訓練表", "甲、乙（丙）", "=甲", "自評表"]) | names.map(
        lambda name: "".join(c for c in name if c not in "'[]:*?/\\")[:31].strip()
    ).filter(bool)
    rows = st.sampled_from(["once", "measures", "sections"]) | st.lists(
        names, min_size=1, max_size=3, unique=True
    )
    return [
        {
            "id": each,
            "name": draw(sheets),
            "fields": draw(fields()),
            **draw(
                optional(version=st.integers(1, 9), rows=rows, nothing=flags, note=texts)
            ),
        }
        for each in ids
    ]  # fmt: skip


@st.composite
def ladders(draw):
    """Ladders that leave as much time as the shortest one."""
    ids = draw(st.lists(codes, max_size=2, unique=True))
    roles = st.sampled_from(["owner", "deputy", "head", "coordinator", "director"])
    made = []
    for each in ids:
        days = sorted(draw(st.lists(st.integers(-1, 9), min_size=1, max_size=4, unique=True)))
        rungs = [
            {
                "working_days": day,
                "to": draw(st.lists(roles, min_size=1, max_size=3)),
                **draw(
                    optional(
                        tone=st.sampled_from(["plain", "firm", "urgent"]),
                        form=flags,
                        daily=flags if day > 0 else st.just(False),
                        subject=names.map(lambda name: name[:40].strip()),
                        any_hour=flags,
                    )
                ),
            }
            for day in days
        ]
        ends = optional(
            gives_up_after=st.integers(max(*days, 0), 60),
            min_gap=st.integers(0, 60),
            max_per_day=st.integers(1, 10),
        )
        made.append({"id": each, "name": draw(names), "rungs": rungs, **draw(ends)})
    return made


@st.composite
def fields(draw):
    kinds = [
        optional(type=st.just("text"), max_length=st.integers(1, 32_767)),
        st.tuples(numbers, numbers)
        .filter(lambda pair: pair[0] < pair[1])
        .flatmap(
            lambda pair: st.fixed_dictionaries(
                {"type": st.just("number"), "min": st.just(pair[0]), "max": st.just(pair[1])},
                optional={"whole": flags, "unit": names.map(lambda name: name[:10].strip())},
            )
        ),
        st.just({"type": "date"}),
        st.fixed_dictionaries(
            {"type": st.just("choice"), "choices": st.lists(names, min_size=1, max_size=3,
                                                            unique=True)}
        ),
        st.fixed_dictionaries(
            {"type": st.just("yes_no")}, optional={"reason_when": st.sampled_from(["是", "否"])}
        ),
        st.just({"type": "file"}),
    ]  # fmt: skip
    ids = draw(st.lists(codes, min_size=1, max_size=4, unique=True))
    titles = names.filter(lambda name: name not in RESERVED)
    told = draw(st.lists(titles, min_size=len(ids), max_size=len(ids), unique=True))
    made = [
        {
            "id": each,
            "title": title,
            **draw(st.one_of(kinds)),
            **draw(optional(required=flags, help=texts, width=st.integers(4, 80))),
        }
        for each, title in zip(ids, told, strict=True)
    ]
    made[0] |= {"required": True}
    if len(made) > 1 and (condition := draw(conditions(made[0]))) is not None:
        made[1] |= {"required_when": condition}
    return made


def conditions(field):
    kind = field.get("type", "text")
    if kind == "number":
        sides = st.sampled_from(["below", "above"])
        return st.builds(lambda side, n: {"field": field["id"], side: n}, sides, numbers)
    choices = field["choices"] if kind == "choice" else ["是", "否"] if kind == "yes_no" else []
    return st.sampled_from([{"field": field["id"], "is": each} for each in choices] or [None])


@st.composite
def extensions(draw):
    """Levels that go further from one to the next; the last may have no end."""
    approvers = draw(st.permutations(["head", "director", "head_office"]))
    days = draw(st.lists(st.integers(1, 250), min_size=1, max_size=3, unique=True).map(sorted))
    levels = [{"by": by, "working_days": up_to} for by, up_to in zip(approvers, days, strict=False)]
    if draw(st.booleans()):
        del levels[-1]["working_days"]
    return {"levels": levels, "times": draw(st.integers(0, 20)), "most": draw(st.integers(0, 250))}


@st.composite
def plans(draw):
    """A plan that the lint has nothing to say against."""
    year = draw(st.integers(90, 120))
    sections = draw(st.dictionaries(codes, names, min_size=1, max_size=4))
    sections = dict(zip(sections, dict.fromkeys(sections.values()), strict=False))
    owners = st.just("all") | st.lists(st.sampled_from(list(sections)), min_size=1, unique=True)
    measures = [
        {
            "id": f"1.{number}",
            "aspect": draw(st.sampled_from(["基礎服務", "服務遞送", "null", "權重", "1.0"])),
            "strategy": draw(texts),
            "item": draw(texts | st.just("")),
            "text": draw(texts),
            "owners": draw(owners),
            "frequency": draw(frequencies),
        }
        for number in range(draw(st.integers(1, 4)))
    ]
    low = draw(st.integers(-10, 10))
    asked, reminded = draw(forms()), draw(ladders())
    data = {
        "office": {"id": draw(codes), "name": draw(names), "timezone": "Asia/Taipei"},
        "year": year,
        "effective_from": date(year + ROC_EPOCH, 1, 1) + timedelta(days=draw(st.integers(0, 150))),
        "header": {
            "title": draw(texts),
            "established": date(year + ROC_EPOCH, 1, 1),
            "basis": draw(st.lists(texts, max_size=3)),
            **{f: draw(texts) for f in ("goal", "scope", "steps", "assessment", "supplement")},
        },
        "sections": [{"id": code, "name": name} for code, name in sections.items()],
        "scoring": {
            "assumption": draw(texts | st.just("")),
            "range": [low, low + draw(st.integers(1, 100))],
            "weights": {
                m["aspect"]: draw(st.integers(1, 100) | st.floats(1e-9, 1e9)) for m in measures
            },
        },
        "measures": measures,
        "forms": asked,
        "ladders": reminded,
        "extensions": draw(extensions()),
        "duties": draw(duties(measures, asked, reminded, year)),
    }
    assume(not list(lint_plan(draft_of(data), GOVERNMENT)))
    return Plan.model_validate(data)


@st.composite
def contacts(draw, plan):
    """People for every section of a plan."""
    people = st.builds(
        lambda name, local: {"name": name, "email": f"{local}@example.tw"},
        names,
        st.text("aen019", min_size=1, max_size=8),
    )
    mailbox = draw(people)
    absences = st.lists(
        st.tuples(st.dates(date(2018, 1, 1), date(2030, 1, 1)), st.integers(0, 30)).map(
            lambda told: {"start": told[0], "end": told[0] + timedelta(days=told[1])}
        ),
        max_size=2,
    )
    people = st.builds(lambda person, away: {**person, "away": away}, people, absences)
    apart = st.lists(people, min_size=1, max_size=4, unique_by=lambda person: person["email"])
    return Contacts.model_validate(
        {
            "mailbox": {
                "name": mailbox["name"],
                "address": mailbox["email"],
                "imap": draw(st.none() | st.text("aZ09_.-", min_size=1, max_size=8)),
            },
            "sections": {
                section.id: {"owners": some[:2], "deputies": some[2:], "head": draw(people)}
                for section in plan.sections
                for some in [draw(apart)]  # nobody stands in for themselves
            },
            **{each: draw(people) for each in ("coordinator", "director", "head_office")},
        }
    )


def closures():
    """Days without repetition."""
    days = st.dates(date(2018, 1, 1), date(2030, 12, 31))
    one = st.builds(
        lambda day, kind, reason, source: Closure(day=day, kind=kind, reason=reason, source=source),
        days,
        st.sampled_from(["off", "work"]),
        texts,
        texts | st.just(""),
    )
    return st.lists(one, max_size=5, unique_by=lambda each: each.day).map(tuple)
