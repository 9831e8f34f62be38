"""Finding by a few letters: how well a text fits what somebody has typed."""

_WORD, _RUN, _PLAIN = 3.0, 2.0, 1.0  # worth of a letter that begins a word, that follows the one before, of another
_LENGTH = 0.01  # by which each letter of a text lowers its worth, so that of two that fit as well the shorter is first


def fit(typed: str, text: str) -> float | None:
    """How well a text fits, higher is better; None where it lacks a letter, or has them in another order.

    Spaces in what is typed are free: each word may stand anywhere.
    """
    total = -_LENGTH * len(text)
    for word in typed.casefold().split():
        worth = _fit_word(word, text.casefold())
        if worth is None:
            return None
        total += worth
    return total


def _fit_word(word: str, text: str) -> float | None:
    """The most that the letters of a word are worth in order. `best[i]` ends with the match of a letter at place i."""
    best: list[float | None] = [None] * len(text)
    for number, letter in enumerate(word):
        before, best = best, [None] * len(text)
        reached: float | None = 0.0 if number == 0 else None  # the most with the letter before at any earlier place
        for place, here in enumerate(text):
            if here == letter and reached is not None:
                begins = place == 0 or not text[place - 1].isalnum()
                best[place] = reached + (_WORD if begins else _PLAIN)
                follows = before[place - 1] if number and place else None
                if follows is not None:
                    best[place] = max(best[place] or 0.0, follows + _RUN)
            if number and before[place] is not None:
                reached = max(reached or 0.0, before[place] or 0.0)
    return max((worth for worth in best if worth is not None), default=None)
