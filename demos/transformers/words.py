"""The words that the tabs Transformer, BERT and GPT share, English and Hinglish."""

# Of the view of attention; `phrases` of a member's page hands them in without "attention.".
ATTENTION: dict[str, tuple[str, str]] = {
    "attention.block": ("Block", "Block"),
    "attention.heads": ("Heads of this block", "Is block ke heads"),
    "attention.head": ("head", "head"),
    "attention.tokens": (
        "Tokens, shaded by how much the outlined one looks at them",
        "Tokens: jise outline kiya hai, woh jitna dekhta hai utna gehra rang",
    ),
    "attention.queries": ("queries", "queries"),
    "attention.keys": ("keys", "keys"),
    "attention.values": ("values", "values"),
    "attention.axes": (
        "row: the token that looks (query) · column: the token that is looked at (key) · grey: not allowed",
        "row: jo token dekhta hai (query) · column: jise dekha ja raha hai (key) · grey: mana hai",
    ),
    "attention.says": (
        "{query} looks at {key} with {percent} % of its attention.",
        "{query} apni attention ka {percent} % {key} pe lagata hai.",
    ),
    "attention.keyboard": ("Arrow keys choose another cell.", "Arrow keys se koi aur cell chuniye."),
    "attention.hint": (
        "Choose a token to see where it looks, or a cell of the matrix to see its number written out.",
        "Koi token chuniye aur dekhiye woh kahan dekhta hai, ya matrix ka koi cell chuniye: uska poora hisaab khul jayega.",
    ),
    "attention.cut": (
        "The last tokens are in view; {n} before them are part of every sum. Choose a token or a cell of the matrix.",
        "Aakhri tokens dikh rahe hain; unse pehle ke {n} bhi har sum mein shaamil hain. Koi token ya matrix ka cell chuniye.",
    ),
    "attention.from": ("From", "Kahan se"),
    "attention.to": ("to", "kahan tak"),
    "attention.products": (
        "Query and key number by number, and their products",
        "Query aur key, ek ek number, aur unke products",
    ),
    "attention.query": ("query", "query"),
    "attention.key": ("key", "key"),
    "attention.value": ("value", "value"),
    "attention.dot": ("Dot product", "Dot product"),
    "attention.more": ("{n} more", "aur {n}"),
    "attention.scale": ("Scale", "Scale"),
    "attention.mask": ("Mask", "Mask"),
    "attention.allowed": ("looking is allowed here", "yahan dekhna allowed hai"),
    "attention.forbidden": (
        "looking is not allowed here: padding, or a token that comes later",
        "yahan dekhna mana hai: padding, ya baad mein aane wala token",
    ),
    "attention.softmax": ("Softmax", "Softmax"),
    "attention.takes": (
        "{percent} % of the value of {key} goes into what this head hands on",
        "{key} ki value ka {percent} % is head ke output mein jaata hai",
    ),
    "attention.output": ("Σ weight × value", "Σ weight × value"),
}

# Of the view that cuts a text step by step.
PIECES: dict[str, tuple[str, str]] = {
    "pieces.step": ("Step of the cutting", "Kaatne ka step"),
    "pieces.back": ("one step back", "ek step peeche"),
    "pieces.on": ("one step on", "ek step aage"),
    "pieces.told": ("step {step} of {last}: {n} pieces", "{last} mein se step {step}: {n} tukde"),
    "pieces.word": ("The chosen word, step by step:", "Chuna hua word, step by step:"),
    "pieces.left": ("… and {n} more words", "… aur {n} words"),
}
