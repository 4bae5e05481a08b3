"""Decides which lines of a mail are its sender's own words, and which are quoted mails, signatures and notices.

Lines are judged one by one, in order, considering the lines before. In doubt a line counts as the sender's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from ingest.text import dates

QUOTED = "mail quoting"
HEADER = "mail header"
SIGNATURE = "signature"
NOTICE = "notice"
CONTACT_LINES = 14  # after a closing; a longer block is no block of contacts
CONTACT_WORDS = 12  # a line: what is longer is a sentence
NOTICE_LONGEST = 4000  # characters: a bound, since no pattern is tried on more

_DASHES = r"[-_–—*]{2,}\s*"
_LABELS = {
    "from": r"from|von|de|da|van|från|fra|avsändare|lähettäjä|od|nadawca|odesílatel|feladó|de la|kimden|gönderen|от|"
    r"от кого|від|από|差出人|送信者|发件人|寄件者|보낸 사람|من|מאת",
    "other": r"sent|date|to|cc|bcc|subject|reply-to|gesendet|datum|an|betreff|envoyé|date d'envoi|à|objet|enviado"
    r"(?: el)?|fecha|para|asunto|inviato|data|a|oggetto|verzonden|aan|onderwerp|assunto|importance|attachments|"
    r"sendt|dato|til|emne|kopi|skickat|till|ämne|kopia|lähetetty|päivämäärä|vastaanottaja|aihe|kopio|wysłano|do|dw|temat|"
    r"odesláno|komu|předmět|kopie|elküldve|dátum|címzett|tárgy|trimis|către|subiect|gönderme tarihi|gönderildi|tarih|"
    r"kime|konu|отправлено|дата|кому|копия|тема|надіслано|στάλθηκε|ημερομηνία|προς|θέμα|送信日時|日時|宛先|件名|发送时间|日期|收件人|"
    r"抄送|主题|寄件日期|收件者|主旨|보낸 날짜|받는 사람|참조|제목|تاريخ|إلى|الموضوع|נשלח|אל|נושא",
}
FROM = re.compile(rf"\s*\*?(?:{_LABELS['from']})\s*[:：]\*?\s*(?P<name>\S.*)", re.IGNORECASE)
LABEL = re.compile(rf"\s*\*?(?:{_LABELS['from']}|{_LABELS['other']})\s*[:：]\*?(?:\s|$)", re.IGNORECASE)
SUBJECT = re.compile(
    r"\s*\*?(?:subject|betreff|objet|asunto|oggetto|onderwerp|assunto|emne|ämne|aihe|temat|předmět|tárgy|subiect|konu|тема|"
    r"θέμα|件名|主题|主旨|제목|الموضوع|נושא)\s*[:：]\*?\s*(?P<text>\S.*)",
    re.IGNORECASE,
)
IN_ONE = re.compile(  # the header of an earlier mail where a page has it as one paragraph
    r"(?:from|von|de|da)\s*:\s*(?P<name>.{1,200}?)\s+(?:sent|date|gesendet|datum|envoyé|enviado(?: el)?|fecha|inviato)"
    r"\s*:\s.{4,120}?\s(?:to|an|à|para|a)\s*:\s.{1,600}",
    re.IGNORECASE,
)
FORWARDED = re.compile(
    rf"\s*(?:{_DASHES}(?:forwarded (?:message|mail)(?: from .*)?|weitergeleitete (?:nachricht|e-?mail)|message "
    rf"(?:transféré|transmis)|mensaje reenviado|messaggio inoltrato|doorgestuurd bericht)\s*:?\s*{_DASHES}|"
    r"(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-?mail)|"
    r"début du message (?:transféré|réexpédié)|inicio del mensaje reenviado|inizio messaggio inoltrato)\s*:)\s*",
    re.IGNORECASE,
)
ORIGINAL = re.compile(
    rf"\s*{_DASHES}(?:original[- ](?:message|appointment)|reply message|urspr(?:ü|ue)ngliche (?:nachricht|e-?mail)|"
    rf"originalnachricht|message d['’]origine|message original|mensaje original|messaggio originale|oorspronkelijk "
    rf"bericht)\s*{_DASHES}\s*",
    re.IGNORECASE,
)
WROTE = re.compile(
    r"\s*(?:on\b.{6,250}\bwrote|(?:am|at|den|um)\b.{6,250}\bschrieb\b.{0,120}|le\b.{6,250}\ba écrit|"
    r"el\b.{6,250}\bescribió|il\b.{6,250}\bha scritto|op\b.{6,250}\bschreef.{0,80}|em\b.{6,250}\bescreveu|"
    r"[^.!?<]{2,100}<[^<>\s@]+@[^<>\s@]+> (?:wrote|schrieb|a écrit|escribió)(?: (?:on|am|le|el) .{4,80})?)\s*:\s*",
    re.IGNORECASE | re.DOTALL,
)
WROTE_ELSEWHERE = re.compile(  # a date or an address, and that somebody wrote
    r"(?=.*\d).{6,250}\b(?:pisze|napisał(?:a|\(a\))?|skrev|kirjoitti|napsal(?:a|\(a\))?|írta|a scris|yazdı|пишет|"
    r"написала?|писала?|пише|έγραψε)\b.{0,80}[:：]\s*|(?=.*\d{4}).{6,250}(?:のメール|写道|寫道|作成|작성|כתב)\S{0,12}\s*[:：]\s*|"
    r"(?=.*\d{4}).{4,200}<[^<>\s@]+@[^<>\s@]+>[^.!?]{0,30}[:：]\s*",
    re.IGNORECASE,
)
WROTE_STARTS = re.compile(r"\s*(?:on|am|at|den|um|le|el|il|op|em)\b.*\d", re.IGNORECASE)
CLOSING = re.compile(
    r"(?:(?:with )?(?:my |our )?(?:best(?: regards| wishes)?|(?:kind|kindest|warm|warmest|friendly) (?:regards|wishes|"
    r"greetings))|regards|many thanks|yours(?: (?:sincerely|truly|faithfully))?|sincerely(?: yours)?|cheers|"
    r"thanks(?: again| a lot| so much| in advance)?|thank you(?: again| very much| in advance)?|thanks (?:and|&) "
    r"(?:best |kind )?regards|cordially|respectfully|"
    r"(?:mit )?(?:freundlichen?|besten?|herzlichen?|vielen?|lieben?|schönen?) (?:grüßen?|grüssen?|gruß|dank)"
    r"(?: aus [\w ]{2,20})?|mfg|vg|lg|bien (?:cordialement|à (?:vous|toi))|(?:très )?cordialement|(?:sincères )?"
    r"salutations(?: distinguées)?|amicalement|(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|"
    r"un abrazo|cordiali saluti|distinti saluti|met vriendelijke groet(?:en)?|atenciosamente)"
    r"\s*(?:[,.!–—-]+\s*|$)(?P<name>.{0,200})",
    re.IGNORECASE,
)
DEVICE = re.compile(
    r"\s*(?:sent (?:from|via|with|using) (?:my |the )?\S.{0,60}|get outlook for \w+.{0,40}|von meine[mr] .{1,40} "
    r"gesendet|gesendet (?:von|mit) .{1,60}|envoyé (?:de|depuis) (?:mon|ma) .{1,60}|enviado desde mi .{1,60})\s*",
    re.IGNORECASE,
)
AFTERWORD = re.compile(r"\s*p\.?\s?p?\.?\s?s\b\.?\s*[:.–-]?", re.IGNORECASE)
LEGAL_STARTS = re.compile(
    r"\W*(?:this (?:e-?mail|message|communication|transmission|electronic)|the (?:information|contents?) "
    r"(?:contained )?(?:in|of) this|(?:legal |confidentiality |privacy )?(?:notice|disclaimer|"
    r"confidential(?:ity)?|privileged)\b|if you (?:are not|have received|received)"
    r"|any (?:unauthori[sz]ed|views|review)|please (?:consider|think)|"
    r"diese (?:e-?mail|nachricht)|der inhalt dieser|ce (?:message|courriel|mail)|este (?:mensaje|correo|e-?mail)|"
    r"questa (?:e-?mail|comunicazione))",
    re.IGNORECASE,
)
LEGAL_SAYS = re.compile(
    r"confidential|intended (?:only |solely |exclusively )?(?:for|recipient|addressee)|(?:named|not the) (?:intended )?"
    r"(?:addressee|recipient|individual)|(?:in error|by mistake)|unauthori[sz]ed|privileged|strictly prohibited|"
    r"notify the sender|delete (?:it|this)|environment|before printing|printing this|vertrauliche|irrtümlich|"
    r"vernichten|confidentiel|destinataire|erreur|confidencial|destinatario|por error|riservat|per errore",
    re.IGNORECASE,
)
UNSUBSCRIBE = re.compile(
    r"\W*(?:(?:(?:click (?:here )?)?to )?unsubscribe(?:\W*| (?:here|now|from|at|instantly|by|click|visit)\b.{0,120})|"
    r"(?:if you (?:want|would like|wish) )?to unsubscribe\b.{0,120}|you(?:['’]re| are| have) (?:receiv(?:ing|ed) this|"
    r"been sent this|subscribed to).{0,200}|if you (?:no longer|do not|don['’]t) (?:wish|want) to (?:receive|get) "
    r".{0,200}|(?:manage|update|change) your (?:e-?mail |subscription |notification )?(?:preferences|settings|"
    r"subscription).{0,80}|view (?:this|the) (?:e-?mail|message|newsletter) (?:in|online).{0,80}|"
    r"(?:vom newsletter |hier )abmelden.{0,80}|se désabonner.{0,80}|darse de baja.{0,80})",
    re.IGNORECASE | re.DOTALL,
)
MARKED = re.compile(r"\s*[\[<(]{1,2}([\w .'-]{2,40}?)[\]>):]{1,2}[:>]?\s*\S")
NAMED = re.compile(r"\s*\*{0,2}([\w .'-]{2,40}?)\*{0,2}\s?[:>]\s*\S")
ANNOUNCES = re.compile(  # that answers stand inside what is quoted below
    r"\b(?:in-?line|below|between the lines|unten|zwischen den zeilen|ci-dessous|más abajo|abajo|sotto|hieronder|"
    r"abaixo|nedenfor|nedan|poniżej|níže|aşağıda|ниже)\b|以下|下記|如下",
    re.IGNORECASE,
)
MARKS = re.compile(r"^\s*(?:>\s?)+")
ASKS = ("?", "？", "؟")
QUESTION_LINES = 6  # of a quoted sentence; a guess
UNKNOWN = "Unknown"
WRITER = re.compile(r"(?:^|[,\d:.]|\b(?:at|um|à)\s)\s*(?P<name>[^\W\d_][^,<>:@\d]{1,60}?)\s*\(?<[^<>\s]+@[^<>\s]+>")
VERBS = re.compile(r"^.*\b(?:uhr|schrieb|skrev|pisze|kl|[ap]\.?m\.?)\s+", re.IGNORECASE)
REACHED = re.compile(r"\S@\S|https?://|www\.|(?:\d[\s().+/-]*){6,}")  # an address, a page, a telephone


class MailLine(NamedTuple):
    """A line or a paragraph of a mail; ``inset`` is true if the markup indents it, as mail programs do with
    quotations.
    """

    text: str
    inset: bool = False


class AttributedLine(NamedTuple):
    """A line of a mail with its speaker, who is None if unknown. ``reason`` says why the line does not count as the
    mail's own text, as "signature" does; it is None if the line counts.

    ``names`` is true if the line says who speaks, as the line "On 3 May, Ann Lee wrote:" does. ``asks`` is true if the
    line is part of a quoted question that the sender answers right below; such a line counts as the mail's own text. If
    the line is from an earlier mail, ``date`` is the date of that mail; it is None if unknown.
    """

    text: str
    reason: str | None
    speaker: str | None
    names: bool = False
    asks: bool = False
    date: str | None = None


class EarlierMail(NamedTuple):
    """The writer and the date of an earlier mail, as far as the mail that quotes it states them."""

    name: str = UNKNOWN
    date: str | None = None


def told_apart(lines: Sequence[MailLine], speaker: str | None, *, is_forward: bool) -> list[AttributedLine]:
    """Find the speaker of each line of a mail. A line that does not count as the mail's own text also gets a
    ``reason``, the kind of text that it is, such as "signature".

    ``speaker`` is the sender. ``is_forward`` says that the mail is forwarded; an earlier mail below its own header then
    counts as the mail's own text, too.
    """
    return _with_questions(list(_LineWalk(lines, speaker, is_forward).lines()))


def is_notice(text: str) -> bool:
    """Whether a paragraph is a notice that companies or mailing lists put below mails: a disclaimer or an unsubscribe
    note.
    """
    if len(text) > NOTICE_LONGEST:
        return False
    said = {match.lower() for match in LEGAL_SAYS.findall(text)} if LEGAL_STARTS.match(text) else set()
    return len(said) >= 2 or UNSUBSCRIBE.fullmatch(text) is not None


def _with_questions(said: list[AttributedLine]) -> list[AttributedLine]:
    """Return the lines, with quoted questions turned into content if the sender answers them in the middle of the
    quotation, since the answer alone says too little.
    """
    last = max((at for at, one in enumerate(said) if one.reason == QUOTED and _bare(one.text)), default=-1)
    before = -1  # the line above that holds a word
    is_among = False  # whether answers have stood among what is quoted
    for at, one in enumerate(said):
        if not one.text.strip() or (one.reason == QUOTED and not _bare(one.text)):
            continue
        if one.reason is None and not one.names and before >= 0 and said[before].reason == QUOTED:
            question = _question(said, before)
            if question and (is_among or at < last or _bare(said[before].text).endswith(ASKS)):
                is_among = True
                for index in question:
                    quoted = said[index]
                    said[index] = quoted._replace(text=_bare(quoted.text), reason=None, names=False, asks=True)
        before = at
    return said


def _question(said: Sequence[AttributedLine], end: int) -> range:
    """The indices of the quoted lines that make up the sentence ending at line ``end``; empty if this is the header of
    a quoted mail.
    """
    begin = end
    while begin > 0 and end - begin < QUESTION_LINES:
        above = said[begin - 1]
        text = _bare(above.text)
        is_wrapped = above.reason == QUOTED and MARKS.match(above.text) is not None
        if not is_wrapped or not text or text[-1] in ".!?:;。！？：" or LABEL.match(text):
            break
        begin -= 1
    lines = " ".join(_bare(one.text) for one in said[begin : end + 1])
    is_head = LABEL.match(lines) or WROTE.fullmatch(lines) or WROTE_ELSEWHERE.fullmatch(lines) or ORIGINAL.match(lines)
    return range(0) if is_head else range(begin, end + 1)


def _bare(text: str) -> str:
    """The line without quotation marks (">") in front."""
    return MARKS.sub("", text).strip()


class _LineWalk:
    """Goes over the lines once. ``_rest`` is the reason that all lines have until another mail begins; None if they are
    the sender's own words.
    """

    def __init__(self, lines: Sequence[MailLine], speaker: str | None, is_forward: bool) -> None:
        self._lines = lines
        self._speaker = speaker
        self._is_forward = is_forward
        self._rest: str | None = None
        self._inset_is_quoted = False
        self._unwrapped = False  # whether a forwarded mail is set in by ">", which then is no quoting
        self._at = 0
        self._quoted = EarlierMail()  # of what is quoted without marks
        self._marked_by: dict[int, EarlierMail] = {}  # by the number of marks (">") before what is quoted
        self._day: str | None = None  # of the forwarded mail that the lines are from
        self._announced = False  # whether the sender has said that answers stand below

    def lines(self) -> Iterator[AttributedLine]:
        while self._at < len(self._lines):
            yield from self._next()

    def _next(self) -> Iterator[AttributedLine]:
        line = self._line(self._at)
        if FORWARDED.fullmatch(line.text) or ORIGINAL.fullmatch(line.text):
            yield from self._marked(is_content=self._is_forward or FORWARDED.fullmatch(line.text) is not None)
        elif self._is_header(self._at):
            yield from self._header(is_content=self._is_forward)
        elif count := self._attribution():
            depth = _depth(line.text)
            self._quoted = _writer(" ".join(_bare(self._line(self._at + index).text) for index in range(count)))
            self._marked_by = {marks: writer for marks, writer in self._marked_by.items() if marks <= depth}
            self._marked_by[depth + 1] = self._quoted
            yield from self._take(count, QUOTED, names=True)
            following = self._following(self._at)
            self._inset_is_quoted = following is not None and following.inset
            self._rest = None if following is None or self._is_quoted(following) else QUOTED
        elif line.text.lstrip().startswith(">") or self._is_quoted(line):
            yield from self._take(1, QUOTED)
        elif self._rest == QUOTED and self._is_answer(line.text):
            yield from self._take(1, None)
        elif self._rest:
            yield from self._take(1, self._rest)
        elif re.fullmatch(r"\s*--\s*", line.text):
            self._rest = SIGNATURE
        elif DEVICE.fullmatch(line.text):
            yield from self._take(1, SIGNATURE)
        elif match := CLOSING.fullmatch(line.text.strip()):
            yield from self._closed(match["name"])
        else:
            self._announced |= ANNOUNCES.search(line.text) is not None
            yield from self._take(1, None)

    def _line(self, index: int) -> MailLine:
        line = self._lines[index]
        return MailLine(re.sub(r"^\s*> ?", "", line.text)) if self._unwrapped else line

    def _take(self, count: int, reason: str | None, *, names: bool = False) -> Iterator[AttributedLine]:
        for index in range(self._at, self._at + count):
            text = self._line(index).text
            if reason == QUOTED:
                writer = self._quoted if names else self._writer_of(text)
                yield AttributedLine(text, reason, writer.name, names, date=writer.date)
            else:
                yield AttributedLine(text, reason, self._speaker, names, date=self._day)
        self._at += count

    def _writer_of(self, text: str) -> EarlierMail:
        """The writer of a quoted line. What is quoted in a quotation is not by the writer of the quotation."""
        depth = _depth(text)
        return self._marked_by.get(depth, EarlierMail() if depth > 1 else self._quoted)

    def _is_quoted(self, line: MailLine) -> bool:
        return line.text.lstrip().startswith(">") or (self._inset_is_quoted and line.inset)

    def _is_answer(self, text: str) -> bool:
        """Whether a line inside a quotation is the sender's answer: it begins with the sender's initials or name in
        brackets ("[DA] No."), or, if the sender has announced answers, with the name and a colon ("Dana: No.").
        """
        match = MARKED.match(text) or (NAMED.match(text) if self._announced else None)
        names = re.findall(r"\w+", (self._speaker or "").partition("@")[0])
        told = {" ".join(names).lower(), *(name.lower() for name in names), "".join(name[0] for name in names).lower()}
        return match is not None and match[1].lower() in told

    def _following(self, index: int) -> MailLine | None:
        """The next line, from this index on, that is not empty; None if there is none."""
        return next((self._line(i) for i in range(index, len(self._lines)) if self._line(i).text.strip()), None)

    def _marked(self, *, is_content: bool) -> Iterator[AttributedLine]:
        """Yield the line that announces another mail, such as "Begin forwarded message:", and the header of that mail.
        ``is_content`` is true if the other mail is forwarded, not quoted.
        """
        yield from self._take(1, HEADER if is_content else QUOTED)
        following = self._following(self._at)
        self._unwrapped |= is_content and following is not None and following.text.lstrip().startswith(">")
        while self._at < len(self._lines) and not self._line(self._at).text.strip():
            yield from self._take(1, None)
        if self._at < len(self._lines) and self._is_header(self._at, marked=True):
            yield from self._header(is_content=is_content)
        else:
            self._rest = None if is_content else QUOTED
            if is_content:
                self._speaker = self._day = None  # whose words they are is not told

    def _is_header(self, index: int, *, marked: bool = False) -> bool:
        """Whether an earlier mail's header begins at this index: a From line, and at least two more header fields near
        it. If the line before announces a mail (``marked``), any two header fields are enough.
        """
        text = self._line(index).text
        if IN_ONE.fullmatch(text):
            return True
        if not (LABEL.match(text) if marked else FROM.match(text)):
            return False
        ahead = [self._line(i).text for i in range(index, min(index + 8, len(self._lines)))]
        return sum(LABEL.match(text) is not None for text in ahead) >= (2 if marked else 3)

    def _header(self, *, is_content: bool) -> Iterator[AttributedLine]:
        """Yield the lines of an earlier mail's header. If that mail is content (``is_content``), since it is forwarded,
        its From line names the speaker of the lines below.
        """
        self._rest = None if is_content else QUOTED
        if is_content:
            self._speaker = self._day = None
        else:
            self._quoted = EarlierMail()
        is_one = IN_ONE.fullmatch(self._line(self._at).text)
        while self._at < len(self._lines):
            text = self._line(self._at).text
            match = is_one or FROM.match(text)
            if not (match or LABEL.match(text) or (text[:1].isspace() and text.strip())):
                return
            if is_content:
                self._day = self._day or dates.find(text)
            else:
                self._quoted = self._quoted._replace(date=self._quoted.date or dates.find(text))
            if match and is_content and self._speaker is None:
                self._speaker = name_of(match["name"])
                yield from self._take(1, None, names=True)
            else:
                if match and not is_content:
                    self._quoted = self._quoted._replace(name=name_of(match["name"]) or UNKNOWN)
                yield from self._take(1, HEADER if is_content else QUOTED)
            if is_one:
                return

    def _attribution(self) -> int:
        """The number of lines, one to three, that the sentence "On ... wrote:" takes at the current position; 0 if
        there is none.
        """
        ahead = [self._line(i).text for i in range(self._at, min(self._at + 3, len(self._lines)))]
        ahead = [_bare(text) for text in takewhile(lambda text: _depth(text) == _depth(ahead[0]), ahead)]
        for count in range(1, 1 + (len(ahead) if WROTE_STARTS.match(ahead[0]) else 1)):
            joined = " ".join(ahead[:count])
            if WROTE.fullmatch(joined) or WROTE_ELSEWHERE.fullmatch(joined):
                return count
            if not ahead[count - 1]:
                break
        return 0

    def _closed(self, name: str) -> Iterator[AttributedLine]:
        """Yield a closing such as "Best regards" and the contact lines below it as a signature. ``name`` is the text
        after the closing in its line.

        Without a name or contact lines the closing is content, since "Thanks." alone may be an answer.
        """
        end = self._at + 1
        last = end if name and _is_contact(name) else self._at
        if name and not _is_contact(name):
            end = len(self._lines)  # "Thanks, that works": no closing
        while end < len(self._lines) and end - self._at <= CONTACT_LINES and not self._begins_other(end):
            text = self._line(end).text
            if text.strip() and not _is_contact(text):
                break
            end += 1
            last = end if text.strip() else last
        yield from self._take(max(1, last - self._at), SIGNATURE if last > self._at else None)

    def _begins_other(self, index: int) -> bool:
        line = self._line(index)
        patterns = (FORWARDED, ORIGINAL, WROTE)
        return (
            any(pattern.fullmatch(line.text) for pattern in patterns)
            or WROTE_STARTS.match(line.text) is not None
            or self._is_header(index)
            or line.inset
            or line.text.lstrip().startswith(">")
            or line.text.strip() == "--"
        )


def _writer(attribution: str) -> EarlierMail:
    """The name and the day in "On Mon, 2 Mar 2026 at 09:30, Ann Lee <ann@example.org> wrote:"; the name is unknown if
    no address follows it.
    """
    match = WRITER.search(attribution)
    return EarlierMail(VERBS.sub("", match["name"]).strip(" (") if match else UNKNOWN, dates.find(attribution))


def _depth(text: str) -> int:
    """The number of quotation marks (">") before a line."""
    marks = MARKS.match(text)
    return marks[0].count(">") if marks else 0


def name_of(sender: str) -> str | None:
    """The name in "Ann Lee <ann@example.org>" or "Ann Lee [mailto:...]"; the address if there is no name, None if
    neither.
    """
    name = re.sub(r"\s*(?:<[^<>]*>|\[mailto:[^\]]*\]|\([^()]*@[^()]*\))", "", sender).strip(" \t\"'*,;")
    address = re.search(r"(?<![^\s<>\[\]:;,\"])[^\s<>\[\]:;,\"@]+@[^\s<>\[\];,\"@]+", sender)
    return name or (address[0] if address else None)


def _is_contact(text: str) -> bool:
    """Whether a line may be part of the contact details below a closing: a name, a role or an address, but not a
    sentence.
    """
    bare = text.strip()
    words = re.findall(r"[^\W\d_][\w'’-]*", bare)
    if AFTERWORD.match(bare) or len(bare.split()) > CONTACT_WORDS:
        return False
    if REACHED.search(bare) or len(bare.split()) == 1:
        return bare[-1] not in "?!"
    is_sentence = bare.endswith((".", "!", "?", ":")) and bare.count(" ") >= 4
    return not is_sentence and all(word[0].isupper() for word in words if len(word) > 3)
