"""The words of the BERT tab, English and Hinglish."""

BERT: dict[str, tuple[str, str]] = {
    "text.info": (
        "Click a word below to hide it, or write [MASK] yourself. Captions of photos suit our own weights best.",
        "Neeche kisi word pe click karke use chhupaiye, ya khud [MASK] likhiye. Humare weights ke liye photo captions sabse theek hain.",
    ),
    "hide.title": (
        "Click a word to hide it, click the mask to get it back",
        "Word pe click karke chhupaiye, mask pe click karke wapas laiye",
    ),
    "hide.note": ("By keyboard: arrows move, Enter hides.", "Keyboard se: arrows se chaliye, Enter se chhupaiye."),
    "hide.need": ("No word is hidden yet: click one.", "Abhi koi word chhupa nahi hai: kisi ek pe click kijiye."),
    "answer": ("{source}: **{word}**, {percent:.1f} %", "{source}: **{word}**, {percent:.1f} %"),
    "answers": ("{source}: {words}", "{source}: {words}"),
    "mask": ("mask {n}", "mask {n}"),
    "masks.many": (
        "{n} of {total} pieces are hidden, each is guessed for itself: the more masks, the less there is to go by.",
        "{total} mein se {n} tukde chhupe hain, aur har ek ka andaza alag lagta hai: masks jitne zyada, sahara utna kam.",
    ),
    "unknown": (
        "Not in the vocabulary, read as [UNK]: {words}.",
        "Vocabulary mein nahi hai, [UNK] padha gaya: {words}.",
    ),
    "hub.said": (
        "A word on the hub's weights: BERT learned from Wikipedia and from books. It says what is usual there, not what is true, and it repeats what "
        "people wrote about women and men, peoples and professions. The two sentences further down show it.",
        "Hub ke weights ke baare mein: BERT ne Wikipedia aur kitaabon se seekha. Woh yeh batata hai ki wahan kya aam hai, yeh nahi ki sach kya hai, aur auraton, "
        "mardon, logon aur kaamon ke baare mein jo likha gaya tha wahi dohrata hai. Neeche ke do sentences mein yeh dikhta hai.",
    ),
    "tokens.picture": ("Words in word pieces", "Words, word pieces mein"),
    "tokens.note": (
        "At each step the longest piece of the vocabulary that fits is cut off; “##” goes on inside a word. Small numbers are the pieces' ids.",
        "Har step pe vocabulary ka sabse lamba tukda jo fit ho, kaat liya jaata hai; “##” matlab word ke andar aage. Chhote numbers tukdon ki ids hain.",
    ),
    "embed.note": (
        "Positions are learnt here, a vector for each place; the first state is the normalised sum. Blue is positive, orange negative; each picture has a scale of its own.",
        "Yahan positions seekhi hui hain, har jagah ka ek vector; pehla state normalise kiya hua sum hai. Blue positive hai, orange negative; har picture ka apna scale hai.",
    ),
    "switch.changed": (
        "Without **{part}**: “{before}” {p:.1f} % became “{after}” {q:.1f} %.",
        "**{part}** ke bina: “{before}” {p:.1f} % badal kar “{after}” {q:.1f} % ho gaya.",
    ),
    "switch.hint.positions": (
        "Without positions the network does not know what stands beside the mask: it fills in what suits the bag of words.",
        "Positions ke bina network ko pata hi nahi ki mask ke paas kya hai: woh bas words ki thaili ke hisaab se bharta hai.",
    ),
    "switch.hint.layer_norm": (
        "Without normalisation the numbers reach each part in sizes that it was never trained with.",
        "Normalisation ke bina numbers aise size mein pahunchte hain jinpe kisi part ki training hui hi nahi.",
    ),
    "switch.hint.head": (
        "One head of many is often hardly missed: the others, and the residual stream, carry on.",
        "Bahut se heads mein se ek ki kami aksar mehsoos nahi hoti: baaki heads aur residual stream kaam chala lete hain.",
    ),
    "blocks.note": ("would answer: {words}", "jawab hota: {words}"),
    "blocks.start": (
        "Before the first block the first mask would be filled with: {words}.",
        "Pehle block se pehle, pehle mask mein aata: {words}.",
    ),
    "compare.title": (
        "### Two sentences\nHow do the candidates for a mask move when a word around it changes? Write two sentences with [MASK] in each.",
        "### Do sentences\nAas-paas ka ek word badle toh mask ke candidates kahan khisakte hain? Do sentences likhiye, dono mein [MASK] ho.",
    ),
    "compare.first": ("First sentence", "Pehla sentence"),
    "compare.second": ("Second sentence", "Doosra sentence"),
    "compare.run": ("Compare", "Compare kijiye"),
    "compare.picture": (
        "Candidates from the first sentence to the second, {model}",
        "Candidates, pehle sentence se doosre tak, {model}",
    ),
    "compare.left": ("in the first", "pehle mein"),
    "compare.right": ("in the second", "doosre mein"),
    "compare.differs": (
        "Most pulled to the second: **{up}** (× {up_ratio:.1f}); most to the first: **{down}** (× {down_ratio:.1f} back).",
        "Doosre ki taraf sabse zyada: **{up}** (× {up_ratio:.1f}); pehle ki taraf sabse zyada: **{down}** (× {down_ratio:.1f}, ulta).",
    ),
    "view.slopes.word": ("candidate", "candidate"),
    "view.slopes.ratio": ("change", "badlav"),
    "view.slopes.up": ("more probable in the second", "doosre mein zyada probable"),
    "view.slopes.down": ("less probable in the second", "doosre mein kam probable"),
    "view.slopes.scale": ("Height is the logarithm of the probability.", "Oonchai probability ka logarithm hai."),
    "view.slopes.numbers": ("These numbers as a table", "Yahi numbers table mein"),
    "figures.who": ("who", "kaun"),
    "figures.mean": (
        "{model}, mean of {n} seeds (the best is the one above)",
        "{model}, {n} seeds ka mean (sabse achha upar wala hai)",
    ),
    "figures.title": (
        "On {n} hidden pieces of held-out captions",
        "Training se bahar ke captions ke {n} chhupe tukdon pe",
    ),
    "metric.top1": ("first candidate right", "pehla candidate sahi"),
    "baseline.most frequent piece": ("always the most frequent piece", "hamesha sabse aam tukda"),
    "baseline.n-grams of both sides": ("n-grams of both sides", "dono taraf ke n-grams"),
    "why.none": (
        "Ours does better: it reads the whole caption, the n-grams only two neighbours on either side.",
        "Humara network aage hai: woh poora caption padhta hai, n-grams sirf dono taraf ke do padosi.",
    ),
    "why.bert-captions": (
        "The n-grams do better here: our network was trained for too short a time.",
        "Yahan n-grams behtar hain: humare network ki training kam hui.",
    ),
    "view.shaded.character": ("character", "character"),
    "view.shaded.space": ("space", "space"),
    "view.shaded.newline": ("line end", "line end"),
}
