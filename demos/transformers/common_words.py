"""What the tabs Transformer and BERT say alike, English and Hinglish."""

COMMON_PARTS: dict[str, tuple[str, str]] = {
    "no_answer": (
        "No answer this time; below is why, and what to do.",
        "Is baar jawab nahi mila; neeche dekhiye kyun, aur ab kya karein.",
    ),
    "text.label": ("Your text", "Aapka text"),
    "kept": (
        "The network reads {kept:,} {what} at most: of your {count:,} the first {kept:,} were read, the rest was left out.",
        "Network ek baar mein {kept:,} {what} tak padhta hai: aapke {count:,} mein se pehle {kept:,} padhe gaye, baaki chhod diye.",
    ),
    "what.words": ("words", "words"),
    "what.pieces": ("pieces", "pieces"),
    "tokens.title": (
        "### The text as tokens\nMove the slider to see the text cut step by step; choose a word to see all of its steps.",
        "### Text, tokens ke roop mein\nSlider hilaiye: text step by step kat-ta hai; kisi word ko chuniye toh uske saare steps dikhenge.",
    ),
    "embed.title": (
        "### Embedding plus position\nA line a token, a column a number. What stands there and where it stands are simply added.",
        "### Embedding plus position\nHar line ek token, har column ek number. Token kya hai aur kahan hai, dono bas jod diye jaate hain.",
    ),
    "embed.picture": ("From tokens to the first state", "Tokens se pehle state tak"),
    "embed.embeddings": ("tokens: {tokens} × {size}, ±{largest:.2f}", "tokens: {tokens} × {size}, ±{largest:.2f}"),
    "embed.positions": ("positions: {tokens} × {size}, ±{largest:.2f}", "positions: {tokens} × {size}, ±{largest:.2f}"),
    "embed.sum": ("first state: {tokens} × {size}, ±{largest:.2f}", "pehla state: {tokens} × {size}, ±{largest:.2f}"),
    "switch.title": (
        "### Switch something off\nWhat is each part good for? Leave one out and see what breaks.",
        "### Kuch band kijiye\nKaunsa part kis kaam ka hai? Ek ko hata kar dekhiye kya bigadta hai.",
    ),
    "switch.label": ("Left out", "Kya hataya"),
    "switch.nothing": ("nothing", "kuch nahi"),
    "switch.positions": ("positions", "positions"),
    "switch.layer_norm": ("layer normalisation", "layer normalisation"),
    "switch.head": ("one head", "ek head"),
    "switch.head.label": ("Which head", "Kaunsa head"),
    "switch.which": ("block {block}, head {head}", "block {block}, head {head}"),
    "switch.whole": ("whole network", "poora network"),
    "switch.without": ("without: {part}", "bina: {part}"),
    "switch.none": ("Everything is at work.", "Sab kuch chal raha hai."),
    "blocks.title": (
        "### The column of blocks\nOpen a block to see its heads; choose a cell of a matrix and its number is written out: dot product, scale, "
        "mask, softmax. Beside each block stands what the last layer would answer if the network ended there.",
        "### Blocks ki column\nKoi block kholiye: andar uske heads milenge; matrix ka koi cell chuniye toh uska hisaab khul jayega: dot product, "
        "scale, mask, softmax. Har block ke saath likha hai ki network wahin khatam ho jaata toh aakhri layer kya jawab deti.",
    ),
    "blocks.hub": (
        "The hub's library hands out attention, but not queries, keys and values; with our network they are shown too.",
        "Hub ki library attention deti hai, lekin queries, keys aur values nahi; humare network ke saath woh bhi dikhte hain.",
    ),
    "view.curves.numbers": ("These numbers as a table", "Yahi numbers table mein"),
}
