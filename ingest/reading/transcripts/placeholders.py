"""Recognises what a chat program writes in place of a message: that it was deleted, or that a picture is not in the
export.
"""

from __future__ import annotations

import re

REASON = "placeholder"
LONGEST = 120  # characters; a placeholder is a line
MARKED = re.compile(r"\u200e\s*\S.*")  # WhatsApp on iOS begins its own words so
# "<Media omitted>" in any language; an address or a tag of one word may well be somebody's.
ANGLED = re.compile(
    r"[\u200e\u200f]?<(?:[^<>@:/]{2,60}\s[^<>@:/]{2,60}|[^<>@:/\x00-\x7f]{3,60}|[^<>@:/]{2,30}:\s[^<>@]{2,80})>\.?"
)
FILE = re.compile(
    r"[\u200e\u200f]?[\w().+ -]{1,80}\.[A-Za-z0-9]{2,5}\s\([^()]{4,40}\)"
)  # IMG-20250301.jpg (file attached)
EDITED = re.compile(r"\s*(?:\u200e\s*)?<(?:\S+\s){2,5}\S+>\s*$")  # "<This message was edited>" after the words
DELETED = re.compile(
    r"(?:null|this message was deleted|you deleted this message|message deleted|"
    r"diese nachricht wurde gelöscht|du hast diese nachricht gelöscht|"
    r"ce message a été supprimé|vous avez supprimé ce message|"
    r"(?:este mensaje fue eliminado|se eliminó este mensaje|eliminaste este mensaje)|"
    r"questo messaggio è stato eliminato|hai eliminato questo messaggio|"
    r"(?:esta )?mensagem (?:foi )?apagada|(?:você )?apagou esta mensagem|"
    r"esta mensagem foi eliminada|eliminou esta mensagem|"
    r"dit bericht is verwijderd|(?:u|je) hebt dit bericht verwijderd|"
    r"denne besked blev slettet|du slettede denne besked|"
    r"det här meddelandet (?:har )?raderat?s|du raderade (?:det här|detta) meddelande(?:t)?|"
    r"denne meldingen ble slettet|du slettet denne meldingen|"
    r"tämä viesti poistettiin|poistit tämän viestin|"
    r"(?:ta )?wiadomość została usunięta|usun(?:ięto|ąłeś|ęłaś) tę wiadomość|"
    r"tato zpráva byla (?:odstraněna|smazána)|(?:smazali|odstranili) jste tuto zprávu|"
    r"ezt az üzenetet törölték|törölted ezt az üzenetet|"
    r"acest mesaj a fost șters|ai șters acest mesaj|"
    r"bu mesaj silindi|bu mesajı sildiniz|"
    r"(?:данное|это) сообщение удалено|вы удалили (?:данное|это) сообщение|"
    r"(?:це|дане) повідомлення видалено|ви видалили (?:це|дане) повідомлення|"
    r"αυτό το μήνυμα διαγράφηκε|διαγράψατε αυτό το μήνυμα|"
    r"(?:この)?メッセージ(?:は|を)削除(?:されました|しました)|"
    r"(?:此消息已(?:被)?删除|[您你]已?删除了?(?:此|这条)消息|此訊息已(?:被)?刪除|[您你]已?刪除了?(?:此|這則)訊息|已收回訊息|已撤回消息)|"
    r"삭제된 메시지입니다|(?:이 )?메시지(?:를|는) 삭제(?:했습니다|되었습니다)|"
    r"تم حذف هذه الرسالة|(?:لقد )?حذفت هذه الرسالة|"
    r"הודעה זו נמחקה|מחקת הודעה זו|"
    r"pesan ini (?:telah )?dihapus|anda (?:telah )?menghapus pesan ini|"
    r"यह (?:संदेश|मैसेज) (?:हटा दिया|मिटाया) गया(?: था)?)[.。]?",
    re.IGNORECASE,
)


def is_placeholder(text: str, *, is_marked: bool = False) -> bool:
    """Whether a message was written by the chat program instead of a person, such as "<Media omitted>". ``is_marked``
    is true if the program of this chat puts an invisible mark (U+200E) before its own words; a message that begins with
    this mark then counts as the program's.
    """
    if len(text) > LONGEST or "\n" in text:
        return False
    bare = text.strip()
    patterns = (MARKED, ANGLED, FILE) if is_marked else (ANGLED, FILE)
    is_deleted = DELETED.fullmatch(bare.strip("\u200e\u200f ")) is not None
    return is_deleted or any(pattern.fullmatch(bare) for pattern in patterns)


def without_edited(text: str) -> tuple[str, str]:
    """Split the note "<This message was edited>" off the end of a message; return the message and the note, which is
    empty if there is none.
    """
    match = EDITED.search(text[-LONGEST:])
    at = len(text[:-LONGEST]) + match.start() if match else len(text)
    return text[:at], text[at:].strip()
