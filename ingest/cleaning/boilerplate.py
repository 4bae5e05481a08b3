"""Recognises boilerplate on web pages by its words: forms, notices, share buttons, navigation.

A pattern must match a whole sentence, so that prose about such things stays. Text that matches a *sure* pattern is
boilerplate anywhere on the page; text that matches a *likely* pattern only before the main text begins or after it has
ended, since a marketer may well write "Email" or "Subscribe to our newsletter" in the middle of an argument.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

from ingest.text.sentences import spans

FIRST = re.compile(r".+?[.!?](?=\s)")
LONGEST = 700  # characters; boilerplate is short, and no pattern is tried on more
_NETWORK = (
    r"(?:facebook|twitter|x|linked-?in|pinterest|pin(?: ?it)?|reddit|tumblr|whats-?app|telegram|e-?mail|print|pocket|"
    r"google ?\+?|instagram|mastodon|bluesky|threads|digg|stumbleupon|vk|xing|skype|flipboard|youtube|rss|messenger|"
    r"copy link|link|more|sms|share|tweet|save|like)"
)
_COMMENT = r"(?:comments?|repl(?:y|ies)|responses?|reviews?)"
_FIELD = r"(?:your |an? |the )?(?:e-?mail(?: address)?|name|url|website|home ?page|comment|message|password|user ?name)"
_POSTS = r"(?:posts?|articles?|stories|story|links?|reading|news|entries|content|topics)"
_PLACE = (
    r"(?:about|contact|home|blog|archives?|faqs?|help|careers|press|advertise|login|services|products|news|shop|team)"
)
_LEGAL = (
    r"(?:privacy(?: policy| notice| overview)?|terms(?: of (?:use|service)| (?:and|&) conditions)?|cookies?|"
    r"imprint|impressum|site ?map|accessibility|disclaimer|legal)"
)

SURE = {
    "comment form": (
        rf"(?:post|leave|add|write|submit|enter)(?: us| me)? (?:an?|your|another|the first) (?:new |public )?{_COMMENT}"
        r"(?:\W+cancel reply| here| below| now)?",
        rf"(?:verify|previewing|preview|edit|submit) your {_COMMENT}|cancel repl(?:y|ies)",
        rf"this is only a preview|your {_COMMENT} (?:has (?:not yet )?been|could not be|will be|is) "
        r"(?:posted|saved|published|submitted|held|awaiting|received|reviewed|approved)(?: .{1,80})?",
        r"having trouble (?:reading|seeing) (?:this|the) image\??|view an alternate",
        r"the (?:letters|numbers|letters and numbers|characters|code) you (?:entered|typed) (?:did|do) not match "
        r".{1,60}",
        r"as a final step before (?:posting|submitting) your comment.{0,160}",
        r"this (?:prevents|helps (?:us )?prevent) (?:automated|spam|robots|bots).{1,80}",
        rf"(?:please )?(?:enter|provide|fill in|type) {_FIELD}(?: here| below)?",
        r"your e-?mail(?: address)? (?:will|is)(?: not| never)(?: be)? (?:published|displayed|shown|shared).{0,60}",
        r"e-?mail address will not be (?:published|displayed|shown).{0,60}",
        r"(?:required|mandatory) fields are marked.{0,20}|all fields are required",
        rf"(?:{_FIELD}|name and e-?mail(?: address)?) (?:is|are) required",
        r"save my name,? .{1,60} for the next time i comment",
        r"notify me (?:of|when|by|via|about) .{0,20}(?:comments?|posts?|repl(?:y|ies)|e-?mail).{0,60}",
        r"(?:you must|you need to|please) (?:be )?(?:log(?:ged)?|sign(?:ed)?) ?in .{0,20}to (?:post|leave|write|add|"
        r"reply|"
        rf"comment|join).{{0,40}}|(?:log|sign) ?in to (?:(?:leave|post|write|add) an? )?{_COMMENT}",
        r"(?:all |your )?comments? (?:is|are|may be|will be|must be) (?:moderated|held for moderation|approved)"
        r".{0,60} (?:appear|approved|posted|published)\b.{0,60}",
        r"comments? (?:is|are) (?:now )?closed(?: (?:for|on) .{1,40})?|your comment is awaiting moderation",
        r"be the first to (?:comment|reply|review)(?: .{1,60})?",
        r"you (?:may|can) use these html tags.{0,400}|.{0,20}html tags are (?:not )?allowed.{0,40}",
        r"i.m not a robot|(?:please )?prove (?:that )?you are (?:human|not a robot)",
    ),
    "spam notice": (
        r"this (?:site|blog|form|website) (?:uses|is protected by) (?:akismet|recaptcha|hcaptcha|antispam|.{1,30} "
        r"(?:to|against) (?:reduce |fight |stop )?spam).{0,160}",
        r"learn (?:more about )?how your comment data is processed|protected by recaptcha.{0,80}",
    ),
    "placeholder": (
        r"%[ds](?: .{1,40})?|\{\{.{0,60}\}\}|loading(?: comments| more)?(?:\.\.\.|…)",
        r"(?:like this:? )?like loading(?:\.\.\.|…)",
    ),
    "cookie notice": (
        r"(?:this (?:site|website|page)|we(?: and our partners)?|our (?:site|website)) (?:may )?uses? cookies? "
        r"(?:to (?:improve|give|ensure|provide|offer|personali[sz]e|enhance|deliver|make|help|analy[sz]e)|on|and|for)\b"
        r".{0,40}\b(?:you|your|experience|our|this (?:site|website))\b.{0,200}",
        r"by (?:continuing|using|browsing|clicking|closing) .{1,80}(?:you (?:agree|consent|accept)).{0,120}",
        r"(?:accept|reject|allow|decline|manage) (?:all|all cookies|necessary cookies|cookies|cookie preferences)|"
        r"cookie (?:settings|policy|preferences|notice)",
    ),
    "picture caption": (
        r"[^.!?]{0,200}\(\s*(?:image|photo|picture|photograph)s?(?: credits?| by| courtesy(?: of)?)?\s*[:：]"
        r"[^)]{1,80}\)",
        r"(?:photos?|(?:photo|image|picture) (?:credits?|by|courtesy of))\s*[:：] .{1,80}|image \d+ of \d+",
    ),
    "share links": (
        rf"share (?:this|on|via)(?: (?:this|it|on|via|with|article|post|page|story|to|a|friends?|{_NETWORK}))*",
        r"click to (?:share|print|e-?mail|copy|tweet|pin)(?: .{0,80})?(?:\(opens in new window\))?",
    ),
    "counter": (rf"(?:no|one|\d[\d,.]*) {_COMMENT}(?: (?:to|on) .{{1,120}})?",),
    "navigation": (
        r"skip to (?:main |primary |the )?(?:content|navigation|search)|toggle (?:navigation|menu)",
        r"[«‹←].{0,120}(?:\||»|›|→).{0,120}|(?:back to|go to|scroll to) (?:the )?top",
    ),
}
LIKELY = {
    "comment form": (
        rf"your (?:information|details|{_COMMENT})|{_FIELD}|comments?|speak your mind|leave your thoughts|error type",
        r"(?:name|e-?mail|website|url) ?\(.{1,60}\)|please try again|\(?(?:required|optional)|captcha.{0,60}",
        r".{0,80}\bcomments\b.{0,40}\b(?:moderated|moderation|moderators?|approved|guidelines|policy|rules)\b.{0,120}",
        r"join the (?:discussion|conversation)|(?:post|leave|add|write) .{0,20}comments?\b.{0,40}|remember me|"
        r"forgot.{0,30}",
        r"(?:log|sign) ?(?:in|up)(?: (?:with|using|via|or|to) .{1,60})?|comments are (?:off|moderated)",
    ),
    "newsletter": (
        r"(?:subscribe|sign[- ]up|register|join (?:us|our|the)|stay (?:up to date|in touch|informed|tuned|"
        r"connected))\b.{0,140}",
        r"(?:get|receive|have) .{1,120}\b(?:inbox|e-?mail|mailbox)\b.{0,60}|enter your e-?mail.{0,80}|no spam.{0,60}",
        r".{0,80}\b(?:to unsubscribe|unsubscribe (?:here|from|at)|view (?:this e-?mail )?in (?:your "
        r")?browser)\b.{0,160}",
        r"(?:our |the )?(?:weekly |monthly |free )?newsletters?|rss(?: feed)?|unsubscribe .{0,30}|(?:every|each) "
        r"(?:day|week) we send .{1,80}",
    ),
    "share links": (
        rf"{_NETWORK}(?:[\s,|·•/&]+(?:{_NETWORK}|and|or|on|to|\d+))*|like this|share(?: .{{1,40}})?",
        r"(?:follow|find|like|join|connect with|reach) .{1,30} (?:on|at) (?:facebook|twitter|linked-?in|instagram|"
        r"youtube)\b.{0,80}",
    ),
    "related links": (
        rf"(?:related|similar|recent|popular|recommended|other|more|most read|latest|trending|further|featured) "
        rf"{_POSTS}"
        r"(?: (?:from|on|about|in|for you)\b.{0,40})?",
        r"(?:you (?:may|might|will)|you.ll) (?:also )?(?:like|love|enjoy|be interested in)\b.{0,30}|recommended(?: "
        r"for you)?",
        r"(?:read|see|keep) (?:next|also|more|reading)|don.t miss|more from .{1,40}|explore further|up next|see also|"
        r"related",
        r"(?:related|see also|see more|read more|more|also read|read also|read next|don.t miss|watch)"
        r"(?: posts?| articles?| stories)?\s*[:–—]\s.{1,160}",
    ),
    "navigation": (
        r"back to .{1,30}|(?:main )?menu|home|search|archives?|categories|page \d+ of \d+",
        r"(?:previous|next|older|newer)(?: (?:post|article|entry|page|story|posts|entries|comments))?(?: "
        r"?[:»›→-].{0,100})?",
        r"(?:[^|.!?]{1,40}\s*\|\s*){2,}[^|.!?]{0,60}|home\s*[>›»/].{1,160}|"
        r"(?:[^>›».!?]{1,40}\s[>›»]\s){2,}[^>›»]{1,120}",
    ),
    "page footer": (
        r"(?:©|\(c\)|copyright ©?)\s*.{0,160}|.{0,60}all rights reserved|(?:proudly )?powered by .{1,40}",
        r"(?:theme|template|(?:web ?)?site|design|designed|built|hosted)(?: design(?:ed)?)? by .{1,40}",
        rf"(?:{_LEGAL}|{_PLACE}|contact us|about us)(?:[\s|·•/,&]+(?:{_LEGAL}|{_PLACE}|us|and))*",
        r"about (?:[\w&.'’-]+\s+){1,4}(?:services|inc|ltd|llc|gmbh|agency|consulting|group|company|studio|partners|"
        r"solutions)",
        r"this (?:document|article|material|content|work) (?:is subject to copyright|may not be .{1,80}).{0,200}",
    ),
    "tags": (r"(?:tags?|tagged(?: (?:as|with))?|categor(?:y|ies)|labels?|keywords?)\s*:\s*.{1,200}",),
    "counter": (
        r"(?:\d[\d,.]*k?) (?:shares?|likes?|views?|claps?|followers?|reactions?)",
        rf"(?:view|show|hide|load|read)(?: all| more)?(?: \d+)? {_COMMENT}|views? ?: ?\d[\d,.]*",
    ),
    "button": (
        r"reply|report(?: abuse| comment)?|flag|perma(?:nent )?link|edit|submit|send|log ?in|sign ?in|log ?out|"
        r"register|"
        r"close|advertisement|sponsored|promoted|(?:continue|read|show|load|see|view|learn) (?:more|less|all|reading)|"
        r"click to enlarge|videos?|advert|caption|open|play|pause|upvote|downvote|trackbacks?|pingbacks?",
    ),
}


class Certainty(IntEnum):
    """How certain it is that a text is boilerplate, judged by its words alone. The levels are ``NONE``, ``LIKELY`` and
    ``SURE``.
    """

    NONE = 0
    LIKELY = 1
    SURE = 2


class JudgedPiece(NamedTuple):
    """The judgement on a text: ``certainty`` is how certain it is that the text is boilerplate, ``reason`` the kind of
    boilerplate, such as "comment form" (empty if the text is not boilerplate).
    """

    certainty: Certainty
    reason: str = ""


def _compiled(table: Mapping[str, Sequence[str]]) -> list[tuple[str, re.Pattern[str]]]:
    """Compile the patterns of each reason into one regular expression; return pairs of a reason and its expression.

    The expression also matches text in brackets, and text that ends in punctuation.
    """
    return [
        (reason, re.compile(rf"[\W_]*?(?:{'|'.join(patterns)})[\W_]*", re.IGNORECASE))
        for reason, patterns in table.items()
    ]


_SURE = _compiled(SURE)
_LIKELY = _compiled(LIKELY)


def judge(text: str) -> JudgedPiece:
    """Judge whether a text is boilerplate. A text is boilerplate if it looks like boilerplate as a whole, or if each of
    its sentences does.
    """
    if len(text) > LONGEST:
        return JudgedPiece(Certainty.NONE)
    whole = _judge(text)
    if whole.certainty is Certainty.SURE:
        return whole
    bare = text.strip("()[]")  # sentencex takes no boundary inside brackets
    first = FIRST.match(bare)
    if first is None or not _judge(first[0]).certainty:  # most paragraphs end here, before they are cut up
        return whole
    parts = [_judge(bare[span.start : span.end]) for span in spans(bare)]
    if not all(part.certainty for part in parts):
        return whole
    surest = max(parts, key=lambda part: part.certainty)
    return surest if whole.certainty < surest.certainty else whole


def _judge(text: str) -> JudgedPiece:
    for certainty, table in ((Certainty.SURE, _SURE), (Certainty.LIKELY, _LIKELY)):
        for reason, pattern in table:
            if pattern.fullmatch(text):
                return JudgedPiece(certainty, reason)
    return JudgedPiece(Certainty.NONE)
