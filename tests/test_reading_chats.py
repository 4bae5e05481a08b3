"""Chats and transcripts: whose words are whose, as the program that saved them says it."""

from __future__ import annotations

import io
import json
from itertools import cycle
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import SourceError
from assistant.types import BlockKind, Document
from eval.benchmarks import speakers
from ingest.folder.files import find
from ingest.pipeline.documents import load
from ingest.pipeline.passages import split
from ingest.reading.transcripts import chats, exports
from tests.test_cleaning import whole
from tests.test_reading_notes import spoken

A, B, C = "Sara Lind", "Ömer Kaya", "佐藤 健"
TALK = [
    (A, "we drop the fair"),
    (B, "No."),
    (B, "It brought a third of our leads: 400 of 1,200."),
    (A, "Reply"),
    (C, "Omer Kaya"),
    (A, "fine"),
]


def document(text: str, source: str = "talk.txt") -> Document:
    return load(text.encode(), source=source, id="0123456789")


def lines(form: str, talk: list[tuple[str, str]] = TALK) -> str:
    return "\n".join(form.format(name=name, text=text, n=n) for n, (name, text) in enumerate(talk, 10))


@pytest.mark.parametrize(
    "form",
    [
        "24/06/2025, 10:{n} - {name}: {text}",
        "6/24/25, 10:{n} AM - {name}: {text}",
        "24.06.25, 10:{n} - {name}: {text}",
        "2025/06/24 10:{n} - {name}: {text}",
        "\u200e[24.06.25, 10:{n}:32] {name}: {text}",
        "[24/6/2025, 10:{n}:32\u202fa.\u202fm.] {name}: \u200e{text}",
        "2025년 6월 24일 오전 10:{n}, {name} : {text}",
        "10:{n}:32 From {name} to Everyone:\n\t{text}",
        "10:{n}:32\t von {name} an alle : {text}",
        "10:{n}\t{name}\t{text}",
        "[00:00:{n}] {name}: {text}",
        "{name} (00:{n}):\n{text}\n",
        "{name}  0:{n}  \n{text}\n",
        "[{name}] 10:{n}:32\n{text}\n",
        "[24/06/2025 10:{n}] {name}\n{text}\n",
        "[10:{n} AM] {name}\n{text}\n",
        "{name}, [24.06.2025 10:{n}]\n{text}\n",
        "[24.06. 10:{n}] {name}\n{text}\n",
        "[Dienstag 10:{n}] {name}\n{text}\n",
    ],
)
def test_a_chat_saved_as_text_gives_everybody_their_own_words(form: str) -> None:
    assert spoken(document(lines(form))) == TALK


def test_a_message_goes_on_over_lines_and_the_programs_own_words_are_nobodys() -> None:
    text = (
        "24/06/2025, 10:10 - Messages and calls are end-to-end encrypted.\n"
        "24/06/2025, 10:11 - Sara Lind: Two things:\n- drop the fair\n\nAnd call Graz.\n"
        "24/06/2025, 10:12 - Ömer Kaya left\n"
        "24/06/2025, 10:13 - Sara Lind: Pity.\n"
    )
    note = document(text)

    assert spoken(note) == [
        (None, "24/06/2025, 10:10 - Messages and calls are end-to-end encrypted."),
        (A, "Two things:"),
        (A, "- drop the fair"),
        (A, "And call Graz."),
        (None, "24/06/2025, 10:12 - Ömer Kaya left"),
        (A, "Pity."),
    ]
    assert note.about.date == "2025-06-24"


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (("01/02/2025", "02/02/2025", "13/02/2025"), "2025-02-13"),
        (("1/2/25", "1/31/25"), "2025-01-31"),
        (("2024-12-31", "2025-01-01"), "2025-01-01"),
        (("01.02.25", "02.02.25"), "2025-02-02"),
    ],
)
def test_a_chats_date_is_its_last_days(days: tuple[str, ...], told: str) -> None:
    text = "\n".join(f"{day}, 10:15 - {name}: Words." for day in days for name in (A, B))

    note = document(text)

    assert note.about.date == told
    assert [block.date for block in note.blocks if block.kind is not BlockKind.SPEAKER][-1] == told


SPOKEN = "We drop the fair.", "No, we keep it."
DAYS = "2025-02-01", "2025-02-13"


@pytest.mark.parametrize(
    ("form", "days"),
    [
        ("{day}, 10:15 - {name}: {text}", ("01/02/2025", "13/02/2025")),
        ("[{day}, 10:15:32 AM] {name}: {text}", ("2/1/25", "2/13/25")),
        ("{name}, [{day} 10:15]\n{text}\n{name}, [{day} 10:16]\nOk.", ("01.02.2025", "13.02.2025")),
        ("{day}(土)\n10:15\t{name}\t{text}\n10:16\t{name}\tOk.", ("2025/02/01", "2025/02/13")),
        ("From: {name} (+49 1)\nSent: {day} 10:15\n\n{text}\n", ("Sat, 1 Feb 2025", "Thu, 13 Feb 2025")),
    ],
)
def test_each_message_has_the_day_it_was_sent(form: str, days: tuple[str, str]) -> None:
    told = zip(days, (A, B), SPOKEN, strict=True)
    note = document("\n".join(form.format(day=day, name=name, text=text) for day, name, text in told))

    dated = {text: passage.about.date for passage in split(note, 80) for text in SPOKEN if text in passage.text}

    assert dated == dict(zip(SPOKEN, DAYS, strict=True))
    assert note.about.date == DAYS[1]


def test_a_message_whose_day_may_be_its_month_has_its_year() -> None:
    note = document("\n".join(f"0{n}/02/25, 10:15 pm - {A}: Point {n}." for n in (1, 2, 3)))

    assert {passage.about.date for passage in split(note, 80)} == {"2025"}


def test_a_date_that_a_message_mentions_is_not_its_day() -> None:
    note = document(f"13/02/2025, 10:15 - {A}: The fair of 01/02/2024 was dear.\n14/02/2025, 10:15 - {B}: So?")

    assert [passage.about.date for passage in split(note, 80)] == ["2025-02-13", "2025-02-14"]


def test_slack_escapes_three_characters() -> None:
    told = [{"user": A, "text": "Change the site &amp; the &lt;title&gt;.", "ts": "1738404900.1"}] * 2

    assert (
        spoken(load(json.dumps(told).encode(), source="chat.json", id="0123456789"))[0][1]
        == "Change the site & the <title>."
    )


def test_an_exports_messages_have_their_days() -> None:
    told = [
        {"user": A, "text": text, "ts": at} for text, at in zip(SPOKEN, ("1738404900.1", "1739441700.1"), strict=True)
    ]
    note = load(json.dumps(told).encode(), source="chat.json", id="0123456789")

    assert [(passage.text, passage.about.date) for passage in split(note, 80)] == list(zip(SPOKEN, DAYS, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-12 10:15:32 - INFO: started\n2025-03-12 10:15:33 - INFO: done\n2025-03-12 10:16:00 - ERROR: broke\n",
        "09:00 Welcome: Sara Lind\n09:30 Coffee: in the hall\n10:00 Workshop: prices\n",
        "Arrival 9:00\nTalks 9:30\nArrival 13:00\nthe end\n",
        "We meet at 10:15: bring the list.\nThe offer ends on 24/06/2025, 10:15 - and then: nothing.\n",
    ],
)
def test_a_log_an_agenda_or_a_sentence_is_no_chat(text: str) -> None:
    assert chats.read(text) == []


def transcript(form: str) -> bytes:
    """As Teams saves one: the name in bold, the time, a line break, and the words in one paragraph."""
    made = docx.Document()
    made.add_heading("Weekly call", 1)
    made.add_paragraph("24 June 2025, 09:14am")
    for n, (name, text) in enumerate(TALK):
        paragraph = made.add_paragraph()
        paragraph.add_run(name).bold = True
        paragraph.add_run(form.format(n=n)).add_break()
        paragraph.add_run(text)
    saved = io.BytesIO()
    made.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize("form", ["   0:0{n}", "  10:0{n}:12", " (0:0{n})"])
def test_a_transcript_in_a_word_file_gives_everybody_their_own_words(form: str) -> None:
    note = load(transcript(form), source="call.docx", id="0123456789")

    assert spoken(note)[1:] == TALK
    assert (note.about.title, note.about.date) == ("Weekly call", "2025-06-24")


VTT = "WEBVTT - call\n\nNOTE made by a program\n\n"


def test_captions_are_their_speakers_and_whole_sentences() -> None:
    text = (
        f"{VTT}1\n00:00:01.000 --> 00:00:02.000\n<v {A}>We drop\n\n"
        f"2\n00:00:02.000 --> 00:00:03.000\n<v {A}>the fair.</v>\n\n"
        f"00:01:03.000 --> 00:01:04.000 align:start\n<v.loud {B}>No &amp; <i>never</i>.</v>\n<v {A}>Yes.</v>\n"
    )
    note = document(text, "call.vtt")

    assert spoken(note) == [(A, "We drop the fair."), (B, "No & never."), (A, "Yes.")]
    assert [gone.reason for gone in note.dropped] == ["head of the captions"] * 2


@pytest.mark.parametrize("source", ["call.vtt", "call.srt"])
def test_a_name_before_a_caption_names_who_speaks_until_the_next(source: str) -> None:
    said_then = [f"{A}: We drop the fair.", f"{B}: No.", "It brought leads.", f"{A}: Then not."]
    stamp = "00:00:0{}.000 --> 00:00:09.000" if source.endswith("vtt") else "00:00:0{},000 --> 00:00:09,000"
    cues = [f"{n}\n{stamp.format(n)}\n{text}\n" for n, text in enumerate(said_then, 1)]
    note = document((VTT if source.endswith("vtt") else "") + "\n".join(cues), source)

    assert spoken(note) == [(A, "We drop the fair."), (B, "No. It brought leads."), (A, "Then not.")]


def test_captions_without_names_are_read_as_text() -> None:
    note = document("1\r\n00:00:01,000 --> 00:00:02,000\r\nPrices\r\nrise: soon.\r\n\r\n", "film.srt")

    assert spoken(note) == [(None, "Prices rise: soon.")]
    with pytest.raises(SourceError, match="no captions"):
        document("Just words.", "film.srt")


def messages(make: Any) -> list[Any]:
    return [make(name, text, 1_750_759_800 + 60 * n) for n, (name, text) in enumerate(TALK)]


DAY = "2025-06-24T10:10:00Z"
EXPORTS = {
    "slack": messages(lambda name, text, at: {"text": text, "ts": f"{at}.0001", "user_profile": {"real_name": name}}),
    "telegram": {
        "name": "Fair",
        "messages": messages(
            lambda name, text, at: {
                "date": DAY[:-1],
                "from": name,
                "text": [text[:2], {"type": "bold", "text": text[2:]}],
            }
        ),
    },
    "discord": {
        "channel": {"name": "Fair"},
        "messages": messages(lambda name, text, at: {"timestamp": DAY, "content": text, "author": {"nickname": name}}),
    },
    "teams": {
        "value": messages(
            lambda name, text, at: {
                "createdDateTime": DAY,
                "from": {"user": {"displayName": name}},
                "body": {"contentType": "html", "content": f"<p>{text}</p>"},
            }
        )
    },
    "meta": {
        "participants": [{"name": A}],
        "messages": messages(lambda name, text, at: {"sender_name": name, "timestamp_ms": at * 1000, "content": text})[
            ::-1
        ],
    },
    "whisper": {
        "text": "all of it",
        "segments": messages(lambda name, text, at: {"start": at % 1000, "speaker": name, "text": text}),
    },
}


@pytest.mark.parametrize("program", EXPORTS)
@pytest.mark.parametrize("kind", ["json", "jsonl"])
def test_an_exported_chat_gives_everybody_their_own_words(program: str, kind: str) -> None:
    told = EXPORTS[program]
    listed = (
        told if isinstance(told, list) else next(iter(v for v in told.values() if isinstance(v, list) and len(v) > 1))
    )
    data = json.dumps(told) if kind == "json" else "\n".join(map(json.dumps, listed))

    note = load(data.encode(), source=f"chat.{kind}", id="0123456789")

    assert spoken(note) == TALK
    assert exports.is_chat(data.encode())
    assert note.about.date == (None if program == "whisper" else "2025-06-24")


@pytest.mark.parametrize("text", ['{"name": "app", "author": "x", "version": 1}', '{"text": 1}', "[]", "{", '[["a"]]'])
def test_other_json_is_for_programs(text: str) -> None:
    assert not exports.is_chat(text.encode())
    with pytest.raises(SourceError, match=r"no chat|no JSON"):
        document(text, "package.json")


@given(
    st.lists(
        st.tuples(st.sampled_from([A, B, C]), st.text(alphabet="ab Z9:-.[]\n(), ", max_size=30)), min_size=2, max_size=8
    ),
    st.sampled_from(
        ["24/06/2025, 10:{n} - {name}: {text}", "[24.06.25, 10:{n}:32] {name}: {text}", "[00:00:{n}] {name}: {text}"]
    ),
)
def test_what_is_kept_and_what_is_dropped_are_the_whole_chat(talk: list[tuple[str, str]], form: str) -> None:
    text = lines(form, [(name, f"so {words}") for name, words in [(A, ""), (B, ""), *talk]])

    note = document(text)

    assert whole(note) == text.split()
    speakers = {block.speaker for block in note.blocks if block.kind is BlockKind.SPEAKER}
    assert speakers <= {A, B, C}


def test_files_that_are_passed_over_are_told_by_kind(tmp_path: Path) -> None:
    """JSON that is for programs is one of these, and no failure of each run."""
    chat = json.dumps(EXPORTS["slack"])
    for name, text in {"a.json": chat, "b.json": "{}", "c.JSON": '{"name": 1}', "d.zip": "x", "~$e.docx": ""}.items():
        (tmp_path / name).write_text(text)

    listing = find([tmp_path])

    assert [file.source for file in listing.files] == ["a.json"]
    assert (listing.skipped, listing.kinds) == (4, {".json": 2, ".zip": 1, "hidden or temporary": 1})


def test_in_ten_languages_everybody_has_their_own_words() -> None:
    """A chat or a mail of every program in one language each; the measure has all languages for each."""
    tongues = cycle(speakers.TONGUES.values())
    measures = [speakers.measured(form, tongue) for form, tongue in zip(speakers.FORMS, tongues, strict=False)]

    assert sum(one.right for one in measures) >= 0.98 * sum(one.words for one in measures)
    assert sum(one.wrong > 0 for one in measures) == 0


DELETED = {
    "de": ("Diese Nachricht wurde gelöscht.", "<Medien ausgeschlossen>"),
    "fr": ("Ce message a été supprimé", "<Médias omis>"),
    "es": ("Se eliminó este mensaje.", "<Multimedia omitido>"),
    "pt": ("Mensagem apagada", "<Mídia oculta>"),
    "pl": ("Ta wiadomość została usunięta.", "<Pominięto multimedia>"),
    "tr": ("Bu mesaj silindi", "<Medya dahil edilmedi>"),
    "ru": ("Данное сообщение удалено", "<Без медиафайлов>"),
    "ja": ("このメッセージは削除されました", "<メディアは含まれていません>"),
    "zh": ("此消息已删除", "<省略多媒体文件>"),
    "ar": ("تم حذف هذه الرسالة", "<تم استبعاد الوسائط>"),
    "iOS, any language": ("\u200eTo sporočilo je bilo izbrisano.", "\u200eslika izpuščena"),
    "a file": ("You deleted this message", "IMG-20250301-WA0001.jpg (file attached)"),
}


@pytest.mark.parametrize("language", DELETED)
def test_what_a_program_writes_where_a_message_was_is_nobodys(language: str) -> None:
    deleted, media = DELETED[language]
    lines = ("We go.", deleted, "No. <b> is bold.", media, "Fine. <This message was edited>")
    text = "".join(f"12/03/2025, 10:{15 + n} - {'Dana' if n % 2 else 'Omer'}: {line}\n" for n, line in enumerate(lines))

    document = load(text.encode(), source="chat.txt", id="0123456789")

    assert [text for who, text in spoken(document) if who] == ["We go.", "No. <b> is bold.", "Fine."]
    gone = [one.text for one in document.dropped if one.reason == "placeholder"]
    assert [deleted in gone[0], media in gone[1], gone[2]] == [True, True, "<This message was edited>"]


COPIED = [("Dana Ames", "10:15"), ("Omer Kaya", "10:20"), ("Dana Ames", "10:25")]
WORDS = ["We drop the fair.\nAnd the stand?", "No.", "Fine."]


def copied(form: str) -> str:
    return "".join(
        f"{form.format(name=name, time=time)}\n{words}\n" for (name, time), words in zip(COPIED, WORDS, strict=True)
    )


COPIES = {
    "Slack": copied("{name}\n  {time} AM"),
    "Slack, more of the same": copied("{name}\n  {time} AM").replace("And the", "10:16\nAnd the"),
    "Discord": copied("{name} — Today at {time} AM"),
    "Discord, by dates": copied("{name} — 03/01/2025 {time} AM"),
    "Discord, three lines": copied("{name}\n — \nYesterday at {time}"),
    "Discord, German": copied("{name} — heute um {time} Uhr"),
    "Signal": "".join(
        f"[2025-03-01 {time}:00] {name}: {words}\n" for (name, time), words in zip(COPIED, WORDS, strict=True)
    ),
}


@pytest.mark.parametrize("program", COPIES)
def test_copies_of_chats_have_their_speakers(program: str) -> None:
    document = load(COPIES[program].encode(), source="copy.txt", id="0123456789")

    whole: dict[str, str] = {}
    for who, text in spoken(document):
        whole[who or ""] = f"{whole.get(who or '', '')} {text}".strip()
    assert whole == {"Dana Ames": "We drop the fair. And the stand? Fine.", "Omer Kaya": "No."}


def test_times_below_lines_of_a_plan_make_no_chat() -> None:
    text = "Opening\n9:00\nLunch\n12:30\nClosing\n17:00\nThe fair ends on Sunday, and the stand is taken down.\n"

    document = load(text.encode(), source="plan.txt", id="0123456789")

    assert not [block for block in document.blocks if block.speaker]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("GMT20250301-101500_Recording.transcript.vtt", "2025-03-01"),
        ("Weekly-20250301_101500-Meeting Recording.vtt", "2025-03-01"),
        ("2025-03-01 Weekly.srt", "2025-03-01"),
        ("Weekly 1 March 2025.srt", "2025-03-01"),
        ("Weekly 123456789.srt", None),
    ],
)
def test_captions_have_the_date_of_their_files_name(name: str, day: str | None) -> None:
    captions = b"WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nDana: We go.\n"

    assert load(captions, source=f"calls/{name}", id="0123456789").about.date == day


def test_messages_under_heads_of_fields_are_their_senders() -> None:
    text = "Conversation: Dana Ames\n\n" + "".join(
        f"From: {name}\nType: incoming\nSent: Sat, 1 Mar 2025 {time}:00 +0000\nReceived: now\n\n{words}\n\n"
        for (name, time), words in zip([*COPIED[:2], ("Dana Ames (+43 1)", "10:25")], WORDS, strict=True)
    )

    whole: dict[str, str] = {}
    for who, words in spoken(load(text.encode(), source="signal.txt", id="0123456789")):
        whole[who or ""] = f"{whole.get(who or '', '')} {words}".strip()

    assert whole["Dana Ames"] == "We drop the fair. And the stand? Fine."
    assert whole["Omer Kaya"] == "No."
    assert not {*whole} - {"Dana Ames", "Omer Kaya", ""}


def test_a_chat_that_is_saved_as_markdown_has_its_speakers_and_other_notes_are_markdown() -> None:
    chat = document(COPIES["Signal"], "signal.md")
    note = document("# Times\n\n- 10:15: **Dana** opens\n- 10:20: Omer closes\n", "times.md")

    assert {who for who, _ in spoken(chat)} == {"Dana Ames", "Omer Kaya"}
    assert note.text == "Times\n\n10:15: Dana opens\n10:20: Omer closes"
