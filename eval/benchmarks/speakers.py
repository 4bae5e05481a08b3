"""Measures whether words are attributed to the right speaker, in chats, transcripts and mails in ten languages.

    python -m eval.benchmarks.speakers

It makes 30 documents from the turns of three people, each in one of the languages and in the format of some program.
The words of a turn are right if they are under the name of their speaker, or if they are quoted in a mail and dropped.
Limits: 0.98 of the words right, and words under a wrong name in at most one document. Then the same is measured for
every format in every language.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from itertools import cycle
from typing import NamedTuple

from eval.benchmarks.measuring import tell
from ingest.pipeline.documents import load

DOCUMENTS = 30  # of the first figure; the second has each form in each language


class Tongue(NamedTuple):
    """The words from which the benchmark makes conversations in one language: three names of people, the texts that the
    people say in turn, the labels of the lines in a mail's header (``labels``), and the sentence with which a mail
    program introduces a quote (``wrote``).
    """

    names: tuple[str, str, str]
    said: tuple[str, ...]
    labels: tuple[str, str, str, str]  # from, sent, to, subject
    wrote: str


TONGUES = {
    "en": Tongue(
        ("Maud Keane", "Piers Holt", "Ada Quinn"),
        (
            "we drop the spring fair",
            "No way.",
            "It brought 400 of our 1,200 leads last year.",
            "But the stand costs 9,000 euros",
            "Then only a small one",
            "fine with me",
        ),
        ("From", "Sent", "To", "Subject"),
        "On Tue, 24 Jun 2025 at 10:00, {name} <{mail}> wrote:",
    ),
    "de": Tongue(
        ("Jörg Möller", "Anke Weiß", "Uwe Brandt"),
        (
            "wir lassen die Messe weg",
            "Auf keinen Fall.",
            "Sie brachte letztes Jahr 400 von 1.200 Anfragen.",
            "aber der Stand kostet 9.000 Euro",
            "Dann nur ein kleiner",
            "von mir aus",
        ),
        ("Von", "Gesendet", "An", "Betreff"),
        "Am 24.06.2025 um 10:00 schrieb {name} <{mail}>:",
    ),
    "fr": Tongue(
        ("Zoé Lefèvre", "Rémi Garnier", "Inès Roux"),
        (
            "on laisse tomber le salon",
            "Pas question.",
            "Il a apporté 400 de nos 1 200 contacts.",
            "mais le stand coûte 9 000 euros",
            "Alors un petit seulement",
            "d'accord",
        ),
        ("De", "Envoyé", "À", "Objet"),
        "Le mar. 24 juin 2025 à 10:00, {name} <{mail}> a écrit :",
    ),
    "es": Tongue(
        ("Lucía Ibáñez", "Íñigo Peña", "Marta Solís"),
        (
            "dejamos la feria",
            "Ni hablar.",
            "Trajo 400 de los 1.200 contactos del año pasado.",
            "pero el stand cuesta 9.000 euros",
            "Entonces uno pequeño",
            "por mí bien",
        ),
        ("De", "Enviado el", "Para", "Asunto"),
        "El mar, 24 jun 2025 a las 10:00, {name} (<{mail}>) escribió:",
    ),
    "it": Tongue(
        ("Giulia Conti", "Dario Greco", "Elena Riva"),
        (
            "lasciamo la fiera",
            "Assolutamente no.",
            "Ha portato 400 dei 1.200 contatti dell'anno scorso.",
            "ma lo stand costa 9.000 euro",
            "Allora uno piccolo",
            "per me va bene",
        ),
        ("Da", "Inviato", "A", "Oggetto"),
        "Il giorno mar 24 giu 2025 alle ore 10:00 {name} <{mail}> ha scritto:",
    ),
    "pt": Tongue(
        ("João Magalhães", "Inês Falcão", "Rui Brandão"),
        (
            "deixamos a feira",
            "Nem pensar.",
            "Trouxe 400 dos 1.200 contactos do ano passado.",
            "mas o stand custa 9.000 euros",
            "Então só um pequeno",
            "por mim tudo bem",
        ),
        ("De", "Enviado", "Para", "Assunto"),
        "Em ter., 24 de jun. de 2025 às 10:00, {name} <{mail}> escreveu:",
    ),
    "pl": Tongue(
        ("Michał Żuraw", "Łucja Wrona", "Ewa Sęk"),
        (
            "rezygnujemy z targów",
            "Nie ma mowy.",
            "Dały 400 z 1200 kontaktów w zeszłym roku.",
            "ale stoisko kosztuje 9000 euro",
            "To tylko małe",
            "niech będzie",
        ),
        ("Od", "Wysłano", "Do", "Temat"),
        "wt., 24 cze 2025 o 10:00 {name} <{mail}> napisał(a):",
    ),
    "tr": Tongue(
        ("Ayşe Işık", "Çağrı Öz", "Gül Şen"),
        (
            "fuarı bırakıyoruz",
            "Kesinlikle olmaz.",
            "Geçen yıl 1.200 kişinin 400'ünü o getirdi.",
            "ama stant 9.000 avro tutuyor",
            "O zaman küçük olsun",
            "bana uyar",
        ),
        ("Kimden", "Gönderildi", "Kime", "Konu"),
        "{name} <{mail}>, 24 Haz 2025 Sal, 10:00 tarihinde şunu yazdı:",
    ),
    "ru": Tongue(
        ("Алла Гуляева", "Пётр Сизов", "Нина Чу"),
        (
            "мы отказываемся от выставки",
            "Ни за что.",
            "Она дала 400 из 1200 контактов в прошлом году.",
            "но стенд стоит 9000 евро",
            "Тогда только маленький",
            "я согласна",
        ),
        ("От", "Отправлено", "Кому", "Тема"),
        "вт, 24 июн. 2025 г. в 10:00, {name} <{mail}> пишет:",
    ),
    "ja": Tongue(
        ("佐藤 健", "鈴木 花子", "高橋 翔"),
        (
            "展示会はやめます",
            "それはだめです。",
            "去年は1200件のうち400件がそこから来ました。",
            "でもブースは9000ユーロかかります",
            "では小さいものだけにします",
            "それでいいです",
        ),
        ("差出人", "送信日時", "宛先", "件名"),
        "2025年6月24日(火) 10:00 {name} <{mail}>:",
    ),
}

Turn = tuple[str, str]
Form = Callable[[Tongue, Sequence[Turn]], tuple[str, bytes]]


def main() -> None:
    pairs = list(zip(range(DOCUMENTS), cycle(FORMS), strict=False))
    tongues = list(TONGUES.values())
    some = [measured(form, tongues[n % len(tongues)]) for n, form in pairs]
    _tell(f"of {DOCUMENTS} documents", some, wrong=1)
    every = [measured(form, tongue) for form in FORMS for tongue in tongues]
    _tell(f"of {len(every)}, each form in each language", every, wrong=len(every) // DOCUMENTS)


class Measured(NamedTuple):
    """Counts of the words in a conversation: all words, those that our reader attributes to the right speaker, and
    those that it attributes to a wrong one.
    """

    words: int
    right: int
    wrong: int


def measured(form: Form, tongue: Tongue) -> Measured:
    """Make a conversation in the language ``tongue`` as a document in the format ``form``, read the document, and count
    the words that our reader attributes to the right speaker and to a wrong one.
    """
    speakers = cycle(tongue.names[index] for index in (0, 1, 1, 0, 2, 0))
    said = list(zip(speakers, tongue.said, strict=False))
    source, data = form(tongue, said)
    document = load(data, source=source, id="0123456789")
    words = right = wrong = 0
    for name, text in said:
        at = document.text.find(text)
        block = next((one for one in document.blocks if one.start <= at < one.end), None)
        found = block.speaker if block else None
        is_quoted = at < 0 and any(text in gone.text for gone in document.dropped) and name != tongue.names[0]
        words += len(text.split())
        right += len(text.split()) * (found == name or (is_quoted and source.endswith(".eml")))
        wrong += len(text.split()) * (found not in {name, None})
    if right < words:
        print(f"  {form.__name__} {tongue.names[0]}: {right} of {words} right, {wrong} wrong", file=sys.stderr)
    return Measured(words, right, wrong)


def _tell(what: str, measures: Sequence[Measured], wrong: int) -> None:
    right = sum(one.right for one in measures) / sum(one.words for one in measures)
    tell(f"words under their speaker, {what}", right, at_least=0.98)
    tell(f"documents with words under a wrong name, {what}", sum(one.wrong > 0 for one in measures), at_most=wrong)


def _text(form: str, source: str = "talk.txt") -> Form:
    def make(_: Tongue, said: Sequence[Turn]) -> tuple[str, bytes]:
        lines = [form.format(name=name, text=text, n=n) for n, (name, text) in enumerate(said, 10)]
        return source, "\n".join(lines).encode()

    make.__name__ = form.replace("\n", "⏎")
    return make


def captions(_: Tongue, said: Sequence[Turn]) -> tuple[str, bytes]:
    cues = [f"00:00:{n}.000 --> 00:00:{n}.900\n<v {name}>{text}</v>" for n, (name, text) in enumerate(said, 10)]
    return "call.vtt", ("WEBVTT\n\n" + "\n\n".join(cues)).encode()


def subtitles(_: Tongue, said: Sequence[Turn]) -> tuple[str, bytes]:
    cues = [f"{n}\n00:00:{n},000 --> 00:00:{n},900\n{name}: {text}" for n, (name, text) in enumerate(said, 10)]
    return "call.srt", "\n\n".join(cues).encode()


def word(_: Tongue, said: Sequence[Turn]) -> tuple[str, bytes]:
    import docx

    made, stream = docx.Document(), io.BytesIO()
    for n, (name, text) in enumerate(said):
        paragraph = made.add_paragraph()
        paragraph.add_run(name).bold = True
        paragraph.add_run(f"   0:0{n}").add_break()
        paragraph.add_run(text)
    made.save(stream)
    return "call.docx", stream.getvalue()


def slack(_: Tongue, said: Sequence[Turn]) -> tuple[str, bytes]:
    told = [{"text": text, "ts": "1750759800.1", "user_profile": {"real_name": name}} for name, text in said]
    return "2025-06-24.json", json.dumps(told).encode()


def telegram(_: Tongue, said: Sequence[Turn]) -> tuple[str, bytes]:
    told = [{"date": "2025-06-24T10:10:00", "from": name, "text": text} for name, text in said]
    return "result.json", json.dumps({"name": "Fair", "messages": told}).encode()


def _mail(name: str, text: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = f"{name} <a@example.org>", "b@example.org", "Re: 2025"
    made["Date"] = "Tue, 24 Jun 2025 10:00:00 +0000"
    made.set_content(text)
    return made.as_bytes()


def outlook(tongue: Tongue, said: Sequence[Turn]) -> tuple[str, bytes]:
    """Make a mail as Outlook writes it: the words of the sender on top, and below them the words of the other people,
    each under a header. ``said`` has the speaker and the text of each turn. Returns the file name and the content.
    """
    own, *_ = tongue.names
    above = "\n\n".join(text for name, text in said if name == own)
    below = "".join(
        f"\n\n{tongue.labels[0]}: {name} <b@example.org>\n{tongue.labels[1]}: 24.06.2025 10:00\n"
        f"{tongue.labels[2]}: {own} <a@example.org>\n{tongue.labels[3]}: 2025\n\n"
        + "\n\n".join(text for who, text in said if who == name)
        for name in tongue.names[1:]
    )
    return "reply.eml", _mail(own, above + below)


def gmail(tongue: Tongue, said: Sequence[Turn]) -> tuple[str, bytes]:
    """Make a mail as Gmail writes it: the words of the sender on top, and below them the words of the other people,
    quoted with ">". ``said`` has the speaker and the text of each turn. Returns the file name and the content.
    """
    own, other, _ = tongue.names
    above = "\n\n".join(text for name, text in said if name == own)
    quoted = "\n".join(f"> {text}" for name, text in said if name != own)
    return "reply.eml", _mail(own, f"{above}\n\n{tongue.wrote.format(name=other, mail='b@example.org')}\n{quoted}\n")


FORMS: tuple[Form, ...] = (
    _text("24/06/2025, 10:{n} - {name}: {text}"),
    outlook,
    _text("[24.06.25, 10:{n}:32] {name}: {text}"),
    captions,
    _text("10:{n}:32 From {name} to Everyone:\n\t{text}"),
    gmail,
    word,
    slack,
    _text("[{name}] 10:{n}:32\n{text}\n"),
    subtitles,
    _text("[{name}]: {text}\n", "talk.md"),
    telegram,
    _text("**{name}:** {text}\n", "talk.md"),
    _text("{name}  0:{n}\n{text}\n"),
    _text("{name}: {text}\n"),
)

if __name__ == "__main__":
    main()
