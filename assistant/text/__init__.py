"""Plain facts about text, without a model: words, amounts, negations, and the sentence that introduces a list."""
