"""What the Encoder's page knows of its models, and from results to views."""

from collections.abc import Mapping, Sequence
from typing import Any

from demos.core.words import Speaker
from demos.views.bars import bars
from demos.views.pieces import pieces

SENTIMENT, HINGLISH = MODELS = ("transformer-sentiment", "transformer-hinglish")
EXAMPLES = {
    SENTIMENT: (
        "a warm , funny film that never loses its way .",
        "it begins well , but after two hours i only wanted it to end .",
        "not bad at all : the ending is a real surprise .",
        "dull , loud and far too long",
    ),
    HINGLISH: (
        "bhai aapki video bahut achhi lagi , love you",
        "bakwas film , paisa barbaad",
        "bkwaas flim , paisa barbad",
        "kya mast movie thi bhai , dil khush ho gaya",
        "kal match kitne baje hai ?",
    ),
}
PIECES_SHOWN = 14  # of one word
CLASSES = {"negative": "negative", "neutral": "third", "positive": "positive"}  # colours, in a fixed order


def word_pieces(cut: Sequence[Any], say: Speaker, lang: str) -> dict:
    """Each word and its pieces, the first ones of long words."""

    def first(values: Sequence[Any]) -> list[Any]:
        return [*values[:PIECES_SHOWN], *["…"] * (len(values) > PIECES_SHOWN)]

    cuts = [([first(step) for step in steps], first(ids)) for steps, ids in cut]
    return pieces(say(lang, "tokens.picture"), cuts, say.group(lang, "pieces"), folded=True)


def class_bars(title: str, scores: Mapping[str, float], say: Speaker, lang: str, *, colour: str = "scratch") -> dict:
    """Probabilities of the classes, each always in its place and in its colour."""
    made = {say(lang, f"label.{k}"): scores[k] for k in CLASSES if k in scores}
    colours = {say(lang, f"label.{k}"): c for k, c in CLASSES.items()}
    return bars(title, made, colour=colour, colours=colours, fixed=True)


def two_answers(whole: Any, other: Any, part: str, say: Speaker, lang: str) -> list[dict]:
    """The answer with a part left out below the whole network's."""
    titles = {say(lang, "switch.whole"): whole, say(lang, "switch.without", part=part): other}
    return [class_bars(title, result.scores, say, lang) for title, result in titles.items()]
