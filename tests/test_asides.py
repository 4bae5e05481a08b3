"""What asks the documents nothing, and what is told to it."""

from __future__ import annotations

import pytest

from assistant.build import Assistant
from assistant.dialogue.asides import IN_OTHER_WORDS, NO_QUESTION, WELCOME, reply
from assistant.dialogue.conversation import spoken
from assistant.library.library import Library
from assistant.types import Answer, Grounding, Role, Searched, Turn
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder
from ui.reports import conversation_export, terminal


@pytest.mark.parametrize(
    "said",
    [
        "Thanks!",
        "Great, thank you very much.",
        "Danke!",
        "Vielen Dank!",
        "cheers",
        "thx",
        "merci",
        "Ta!",
        "perfect, ty",
        "Many thanks",
        "muchas gracias",
        "much appreciated",
        "Thanks for your help",
        "Thank you so much, that was really helpful!",
    ],
)
def test_thanks_are_thanked_for(said: str) -> None:
    assert reply(said, model=False) == WELCOME


@pytest.mark.parametrize(
    "said",
    [
        "Hello",
        "ok",
        "Good morning",
        "awesome",
    ],
)
def test_a_greeting_asks_nothing(said: str) -> None:
    assert reply(said, model=False) == NO_QUESTION


@pytest.mark.parametrize(
    "said",
    [
        "Summarise that",
        "Summarize that, please.",
        "Can you summarise this in one sentence?",
        "Give me a summary of that",
        "TL;DR",
        "Translate it into German",
        "Could you rephrase your last answer?",
        "Say that in simpler words",
        "Please give me the gist",
        "Could you sum that up for my boss?",
        "Turn this into a LinkedIn post",
        "Write me a tweet about this",
        "In short?",
        "Can you make that shorter and put it in an email?",
        "Give me the gist.",
        "TL;DR please",
        "Make it shorter",
        "Put that in bullet points",
        "Rewrite it in plain English",
        "Draft an email to my team with this",
        "Explain it like I'm five",
        "Boil it down to one sentence",
        "Make a slide out of this",
        "Can I have that as a table?",
        "Shorten your answer",
        "One-sentence summary please",
        "Say that again in simpler words",
        "Translate that into German",
        "Too long. Shorter please.",
        "In a nutshell?",
        "What's the takeaway?",
        "What's the bottom line?",
        "Turn your last answer into a memo",
        "write it up as a memo for the board",
        "Would you condense this into three bullets?",
        "Compose a Slack message from this.",
        "give me a headline for that",
        "Could you rephrase?",
        "Bullet points please",
        "as a table",
        "Make it punchier and less formal",
        "That's too long",
        "I don't understand that",
        "Rewrite this as a press release",
        "Now in French",
        "Write a LinkedIn post",
        "summarise it in 50 words",
        "Can you turn what you just told me into a slide for my CEO?",
        "Now do the same as an email",
        "I need this in three sentences",
        "Make it sound friendlier",
        "How would you put that in a tweet?",
        "Give me a one-liner of that",
        "Could you put this into a table for the sales team",
        "ok now shorter",
        "Paraphrase the answer above in my own words",
        "Wrap it up in one paragraph",
        "a tweet about this, please",
        "just the highlights please",
        "the key points please",
        "Explain this in layman's terms",
        "Can you write that in German?",
        "Give me a short version I can send to my boss",
        "Expand this into a blog post",
        "Give me a version for the CFO",
        "Help me turn that into a newsletter",
        "Reword it for customers",
        "Prepare a summary of your answer for the client",
        "Can I get the short version?",
        "make this sound more professional",
        "Could you write that up for me?",
        "Put it in simple terms please",
        "I'd like a one-paragraph summary of that",
        "What's the gist of that?",
        "Give it to me in two sentences",
        "Make me a caption from this",
        "Change it to a friendlier tone",
        "Rewrite",
        "please shorten this for Instagram",
        "Draft a reply to my boss",
        "Write a thank-you note",
        "turn it into bullets",
        "Can you sum this up?",
        "tl;dr?",
        "Summarize in 3 bullet points",
        "Simplify this for a ten-year-old",
        "Give me a tweetable version",
        "I need a LinkedIn post out of this",
        "Say it in one line",
        "can you translate your answer to Spanish",
        "Condense that to a headline",
        "I didn't get that, say it simpler",
        "Rephrase it more politely",
        "Write five headlines for this",
        "give me 3 headlines for this",
        "Write copy for this",
        "please write up your answer",
        "Turn all of this into an agenda",
        "in easier words",
        "Write that more formally",
        "Draft an announcement",
        "break it down for me",
        "Say that differently",
    ],
)
def test_a_request_to_rephrase_what_was_said_is_not_searched(said: str) -> None:
    assert reply(said, model=False) == IN_OTHER_WORDS


@pytest.mark.parametrize(
    "said",
    [
        "Summarise the documents",
        "Summarise what they say about this",
        "What does the summary say?",
        "What is a summary of the results of this year?",
        "Thanks! And what does it cost?",
        "Why?",
        "What does the guide say on how to write a LinkedIn post?",
        "Thank-you notes: who writes them?",
        "How do we turn leads into customers?",
        "What is the gist of the Q3 brand report?",
        "Summarize the onboarding guide",
        "Write me a list of our competitors",
        "Which posts on LinkedIn did best in short form?",
        "How short should an email be?",
        "Who do I email about this?",
        "What made this campaign work?",
        "Does this apply in Germany?",
        'What does "cheers" mean in our brand voice?',
        "Can we shorten the campaign to two weeks?",
        "Give me the gist of the pricing policy",
        "Turn off auto-renewal: how?",
        "When do we send thanks to customers?",
        "Tweet policy",
        "Who wrote this post about us?",
        "Is it better to put it in an email or call?",
        "Can I put this in an email?",
        "Can we make it cheaper?",
        "Make it cheaper",
        "Is it so?",
        "Is that all?",
        "Show me the email",
        "Show me the report",
        "shorter emails",
        "Better headlines?",
        "The newsletter",
        "Summarise the report",
        "Translate our tagline into German",
        "Write a tweet about our refund policy",
        "Give me an example of this",
        "Give me a source for that",
        "Give me more on this",
        "In Germany?",
        "And in 2019?",
        "What about email?",
        "Can you explain that?",
        "Explain the pricing",
        "What do you mean?",
        "Who says that?",
        "Give me the details",
        "Turn this into a tweet, and who wrote the guide?",
        "How do I turn this into a LinkedIn post?",
        "What are the key points of the plan?",
        "What is our bottom line?",
        "Make a list of all suppliers",
        "Can you show me a list of our campaigns?",
        "What is the main takeaway of the survey?",
        "Is this a summary?",
        "Which documents are about this?",
        "Do they write a newsletter?",
        "Ads",
        "a newsletter",
        "Should this be an email?",
        "Short emails",
        "Is it more expensive?",
        "More expensive?",
        "more detailed",
        "Very good emails",
        "In summary, what speaks against it?",
        "Write to the customer about it?",
        "Who creates reports on this?",
        "Draft of the contract",
        "design a campaign for it",
        "prepare for this",
        "An email to whom?",
        "List the lessons in the reports",
        "What's the short version of the contract?",
        "Write a summary of the pricing research",
        "Who wants a summary?",
        "What thanks do customers get?",
        "How do we phrase that in emails?",
        "Are shorter posts better?",
        "Is this in English?",
        "What tone do we use in emails?",
        "Do we send it as a newsletter?",
        "When is it first mentioned?",
        "Turn this campaign into a success",
        "Which version is this?",
        "Can you get it cheaper?",
        "Is that up to us?",
        "Give me the list",
        "Give me three reasons for this",
        "Write the price",
        "What is a one-pager?",
        "What about a newsletter for customers?",
        "Show me that in the report",
        "Put pricing in the newsletter?",
        "to whom?",
        "For customers?",
        "In the US?",
        "for enterprise customers",
        "With whom?",
        "Maybe for the board",
        "Cheers campaign results",
        "Merci sales",
        "What is ta?",
        "In which emails?",
        "In our newsletter?",
        "like emails",
        "some articles about this",
        "two reports about it",
        "Can I get some emails about this?",
        "more early customers",
        "better reports",
        "with a message",
        "an article about this",
        "Put it to customers",
        "Do they have a blog?",
        "Do that first",
        "Can you do that?",
        "How would you do it?",
        "Can you see it?",
        "Get a list",
        "I want it",
        "I want that for customers",
        "I need an email",
        "I need the email to our customers",
        "Change the tone",
        "Do it",
        "Do it in Germany",
        "Make it work",
        "Make it happen for customers",
        "keep it",
        "Say it",
        "What is a takeaway?",
        "Break down the costs",
        "Break it down by region",
        "Cut it down to two regions",
    ],
)
def test_a_question_for_the_documents_is_searched_though_it_speaks_of_texts(said: str) -> None:
    assert reply(said, model=False) is None


def test_a_model_can_put_things_into_other_words() -> None:
    assert reply("Summarise that", model=True) is None
    assert reply("Thanks!", model=True) == WELCOME


@pytest.mark.parametrize("said", ["Thanks!", "Summarise that"])
def test_an_aside_is_no_refusal_and_the_next_question_refers_to_what_was_asked(
    library: Library, embedder: WordEmbedder, said: str
) -> None:
    aside = Assistant(library, embedder).ask(said)

    assert (aside.grounding, aside.refused, aside.cited) == (Grounding.ASIDE, False, ())
    assert spoken([aside]) == []
    assert "do not say" not in terminal.answer(aside)
    assert [line.text for line in conversation_export.lines(aside)] == [aside.reason]


def told_before(answer: Answer) -> list[Turn]:
    return [Turn(Role.USER, answer.question), *(Turn(Role.ASSISTANT, one.text) for one in answer.statements)]


def test_what_was_told_before_is_told_once_more_at_most_and_not_as_more(
    library: Library, embedder: WordEmbedder
) -> None:
    texts = ("The orchard has ninety pear trees.", "Ninety pear trees stand in the orchard by the river.")
    with library.writing() as writer:
        writer.put([make_new(make_document(text, f"{number}.txt"), embedder) for number, text in enumerate(texts)])
    assistant = Assistant(library, embedder)
    first = assistant.ask("How many pear trees has the orchard?")
    assert len(first.statements) == 2

    again = assistant.ask("How many pear trees has the orchard?", told_before(first))
    more = assistant.ask("Is there anything more about ninety pear trees in the orchard?", told_before(first))

    assert again.statements == first.statements[:1]
    assert again.notices == ("These words stand above already.",)
    assert (more.grounding, more.statements, more.nearest) == (Grounding.REFUSED, (), ())
    assert more.searched == Searched(2, 2)
    assert "more on this than stands above" in more.reason
