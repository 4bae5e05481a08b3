"""Mails that were pasted into text files: every word is content, under the name of who wrote it."""

from __future__ import annotations

import pytest

from assistant.types import BlockKind
from ingest.pipeline.documents import load
from ingest.reading.mail.mail import MAIL

PASTED = """\
{fr}: Ann Lee <ann@example.org>
{to}: Bob Roe <bob@example.org>
{date}: 9 {month} 2025 16:42
{subject}: Re: Prices

Bob, I would keep the price.

Best regards
Ann

On Wed, 8 Oct 2025 at 09:31, Bob Roe <bob@example.org> wrote:
> Ann, do we lower it in
> the north by May?
>
> On Tue, Oct 7, 2025 at 8:00 AM Ida Moe
> <ida@example.org> wrote:
>> They asked for it.
>
> I would.
"""


@pytest.mark.parametrize(
    "fields",
    [
        {"fr": "From", "to": "To", "date": "Date", "month": "Oct", "subject": "Subject"},
        {"fr": "Von", "to": "An", "date": "Gesendet", "month": "Oktober", "subject": "Betreff"},
    ],
)
def test_a_mail_pasted_into_a_text_file_keeps_all_words_under_their_writers_names_and_days(
    fields: dict[str, str],
) -> None:
    document = load(PASTED.format(**fields).encode(), source="thread.txt", id="a")

    blocks = [one for one in document.blocks if one.kind is not BlockKind.SPEAKER]
    assert [(one.speaker, one.date, document.text[one.start : one.end]) for one in blocks] == [
        ("Ann Lee", None, "Bob, I would keep the price."),
        ("Ann Lee", None, "Best regards"),
        ("Ann Lee", None, "Ann"),
        ("Bob Roe", "2025-10-08", "Ann, do we lower it in the north by May?"),
        ("Ida Moe", "2025-10-07", "They asked for it."),
        ("Bob Roe", "2025-10-08", "I would."),
    ]
    about = document.about
    assert (about.title, about.author, about.date, about.media_type) == ("Prices", "Ann Lee", "2025-10-09", MAIL)


@pytest.mark.parametrize(
    "text",
    [
        "From: the north\nTo: the south\n\nA way of selling.\n",
        "Date: 3 May 2025\nSubject: Prices\nTo: all\n\nWe keep them.\n",
        "From: Ann\nTo: Bob\nDate: 3 May 2025\nand a line of prose\n\nWe keep them.\n",
    ],
)
def test_a_text_with_a_field_or_two_is_no_mail(text: str) -> None:
    document = load(text.encode(), source="note.txt", id="a")

    assert document.about.media_type == "text/plain"
    assert "".join(document.text.split()) == "".join(text.split())
