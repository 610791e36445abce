"""The words of the Transformer tab, English and Hinglish."""

ENCODER: dict[str, tuple[str, str]] = {
    "model.transformer-sentiment": (
        "praise or blame, English (transformer-sentiment)",
        "taareef ya burai, English (transformer-sentiment)",
    ),
    "model.transformer-hinglish": (
        "mood of a Hinglish text (transformer-hinglish)",
        "Hinglish text ka mood (transformer-hinglish)",
    ),
    "hubless": (
        "No hub model, because none for Hinglish tweets with a stated licence and a checked revision was found to stand beside ours.",
        "Hub model nahi hai, kyunki Hinglish tweets ke liye aisa koi model nahi mila jiska licence saaf likha ho aur revision check kiya hua ho.",
    ),
    "label.negative": ("negative", "negative"),
    "label.neutral": ("neutral", "neutral"),
    "label.positive": ("positive", "positive"),
    "text.info": (
        "The answer follows while you type. Up to 20,000 characters, of which 1,024 words are read.",
        "Type karte jaiye, jawab saath saath badalta hai. 20,000 characters tak; unmein se 1,024 words padhe jaate hain.",
    ),
    "answer": ("{source}: **{label}**, {percent:.1f} %", "{source}: **{label}**, {percent:.1f} %"),
    "unread": (
        "Not read, because the network knows only Latin letters: {words}.",
        "Yeh nahi padhe gaye, kyunki network sirf Latin letters jaanta hai: {words}.",
    ),
    "hub.said": (
        "A word on the hub's model: DistilBERT learned from Wikipedia and books before it saw film reviews. What people wrote about countries, names "
        "and professions came along: try “This film was filmed in France.” and then another country.",
        "Hub ke model ke baare mein: DistilBERT ne film reviews se pehle Wikipedia aur kitaabein padhin. Logon ne deshon, naamon aur kaamon ke baare mein jo "
        "likha, woh bhi saath aa gaya: “This film was filmed in France.” try kijiye, phir koi aur desh.",
    ),
    "tokens.picture": ("Words in pieces", "Words, tukdon mein"),
    "tokens.note": (
        "A word is the mean of the embeddings of all its pieces, each found by its hash, so that a new spelling is not a blank. "
        "“<” and “>” mark where the word begins and ends.",
        "Ek word apne saare tukdon ki embeddings ka average hai, aur har tukda apne hash se milta hai, isliye nayi spelling bhi khaali nahi jaati. "
        "“<” aur “>” batate hain ki word kahan shuru aur khatam hota hai.",
    ),
    "embed.note": (
        "Positions are sines and cosines: fast waves at the left, slow ones at the right. Blue is positive, orange negative; each picture has a scale of its own.",
        "Positions sine aur cosine hain: baayein tez waves, daayein dheemi. Blue positive hai, orange negative; har picture ka apna scale hai.",
    ),
    "switch.changed": (
        "Without **{part}**: {before} {p:.1f} % became {after} {q:.1f} %.",
        "**{part}** ke bina: {before} {p:.1f} % badal kar {after} {q:.1f} % ho gaya.",
    ),
    "switch.hint.positions": (
        "Without positions the network can't tell “not good, only long” from “good, not only long”: it sees a bag of words.",
        "Positions ke bina network “not good, only long” aur “good, not only long” mein fark nahi kar sakta: use sirf words ki thaili dikhti hai.",
    ),
    "switch.hint.layer_norm": (
        "Without normalisation the numbers reach each part in sizes that it was never trained with.",
        "Normalisation ke bina numbers aise size mein pahunchte hain jinpe kisi part ki training hui hi nahi.",
    ),
    "switch.hint.head": (
        "One head of several is often hardly missed: the others, and the residual stream, carry on.",
        "Kai heads mein se ek ki kami aksar mehsoos nahi hoti: baaki heads aur residual stream kaam chala lete hain.",
    ),
    "blocks.note": ("would answer: {label} {percent:.0f} %", "jawab hota: {label} {percent:.0f} %"),
    "blocks.start": (
        "Before the first block the answer would be {label}, {percent:.0f} %: the mean of the words alone.",
        "Pehle block se pehle jawab hota {label}, {percent:.0f} %: sirf words ka average.",
    ),
    "decision.title": ("### What the decision rests on", "### Faisla kis pe tika hai"),
    "decision.run": ("Show it for this text", "Is text ke liye dikhaiye"),
    "decision.picture": ("What counted for “{label}”", "“{label}” ke liye kya gina gaya"),
    "decision.for": ("Speaks for it (integrated gradients)", "Iske haq mein (integrated gradients)"),
    "decision.against": ("Speaks against it (integrated gradients)", "Iske khilaf (integrated gradients)"),
    "decision.attention": (
        "Was looked at (attention of the last block, mean of heads and words)",
        "Kitna dekha gaya (aakhri block ki attention, heads aur words ka average)",
    ),
    "decision.sum": (
        "All words together move the log-odds by {total:+.2f}, from an empty text to this one; the strongest is “{word}” with {most:+.2f}.",
        "Saare words milkar log-odds ko {total:+.2f} khiskate hain, khaali text se is text tak; sabse bhaari word “{word}” hai, {most:+.2f}.",
    ),
    "decision.note": (
        "Attention says where a network looked, not what it made of it: compare the last line with the first two.",
        "Attention batati hai ki network ne kahan dekha, yeh nahi ki usse kya samjha: aakhri line ko pehli do se compare kijiye.",
    ),
    "three.title": ("### RNN, LSTM and Transformer on this text", "### Is text pe RNN, LSTM aur Transformer"),
    "three.run": ("Let all three answer", "Teenon se poochiye"),
    "three.network": ("network", "network"),
    "three.answer": ("answer", "jawab"),
    "three.ms": ("milliseconds", "milliseconds"),
    "three.known": ("words it can read", "kitne words padh sakta hai"),
    "three.of": ("{known} of {total}", "{total} mein se {known}"),
    "three.table": (
        "The same text, one after the other on this machine; the median of {n} passes each",
        "Wahi text, isi machine pe, ek ke baad ek; har ek ke {n} passes ka median",
    ),
    "three.nothing": ("can read none of it", "ismein se kuch nahi padh sakta"),
    "three.english": (
        "The RNN learned from English reviews only: its answer for a Hinglish text rests on the few words it knows.",
        "RNN ne sirf English reviews padhe hain: Hinglish text pe uska jawab unhi thode se words pe tika hai jo woh jaanta hai.",
    ),
    "cost.title": (
        "### What length costs\nThe text is repeated to 32, 64 … 1,024 words, and time and memory are measured now, on this machine.",
        "### Lambai ki keemat\nText ko 32, 64 … 1,024 words tak dohraya jaata hai, aur time aur memory abhi, isi machine pe napi jaati hai.",
    ),
    "cost.run": ("Measure", "Napiye"),
    "cost.now": ("Measuring {name} at {n:,} words", "{name}, {n:,} words pe naapa ja raha hai"),
    "cost.time": ("Time for one text", "Ek text ka time"),
    "cost.memory": ("Memory for one text", "Ek text ki memory"),
    "cost.x": ("words", "words"),
    "cost.ms": ("milliseconds", "milliseconds"),
    "cost.mb": ("MB", "MB"),
    "cost.note.time": ("The median of five passes.", "Paanch passes ka median."),
    "cost.note.memory": (
        "The most that the pass held at once in intermediate results, counted from the library's own allocations.",
        "Pass ke beech ke results ne ek saath zyada se zyada kitni memory li, library ke apne allocations se gin kar.",
    ),
    "cost.kept": ("Transformer, its attention kept to look at", "Transformer, attention dekhne ke liye rakhi hui"),
    "cost.done": (
        "From {short} to {long} words time grew {rnn:.0f}-fold for the RNN, {lstm:.0f}-fold for the LSTM and {transformer:.0f}-fold for the Transformer. Where its "
        "attention is kept, a number for each pair of words in each head, memory grew {kept_mb:.0f}-fold; computed piece by piece and thrown away at once, as is usual "
        "today, {transformer_mb:.0f}-fold (RNN {rnn_mb:.0f}, LSTM {lstm_mb:.0f}).",
        "{short} se {long} words tak time RNN mein {rnn:.0f} guna, LSTM mein {lstm:.0f} guna aur Transformer mein {transformer:.0f} guna badha. Attention rakhi jaye, yani "
        "har head mein words ke har jode ka ek number, toh memory {kept_mb:.0f} guna badhi; tukdon mein nikal kar turant phenk di jaye, jaisa aaj hota hai, "
        "toh {transformer_mb:.0f} guna (RNN {rnn_mb:.0f}, LSTM {lstm_mb:.0f}).",
    ),
    "figures.who": ("who", "kaun"),
    "figures.mean": (
        "{model}, mean of {n} seeds (the best is the one above)",
        "{model}, {n} seeds ka mean (sabse achha upar wala hai)",
    ),
    "figures.title": ("On {n} held-out examples", "Training se bahar ke {n} examples pe"),
    "metric.accuracy": ("accuracy", "accuracy"),
    "metric.macro_f1": ("macro F1", "macro F1"),
    "baseline.larger class": ("always the larger class", "hamesha badi class"),
    "baseline.largest class": ("always the largest class", "hamesha sabse badi class"),
    "baseline.bag of words, logistic regression": (
        "bag of words, logistic regression",
        "bag of words, logistic regression",
    ),
    "baseline.character n-grams, logistic regression": (
        "character n-grams, logistic regression",
        "character n-grams, logistic regression",
    ),
    "why.none": (
        "Ours does better than the simple methods here, though not by far: little data is where attention shines least.",
        "Yahan humara network simple methods se aage hai, lekin bahut nahi: kam data mein attention ki chamak bhi kam hoti hai.",
    ),
    "why.transformer-sentiment": (
        "A simple method does better here: 6,920 sentences are few for attention, and which words occur says most.",
        "Yahan simple method behtar hai: attention ke liye 6,920 sentences kam hain, aur kaunse words aaye, wahi sabse zyada batata hai.",
    ),
    "why.transformer-hinglish": (
        "A simple method does better here: 15,000 noisy labels are few for attention, and which pieces occur says most.",
        "Yahan simple method behtar hai: attention ke liye 15,000 noisy labels kam hain, aur kaunse tukde aaye, wahi sabse zyada batata hai.",
    ),
    "view.shaded.character": ("character", "character"),
    "view.shaded.space": ("space", "space"),
    "view.shaded.newline": ("line end", "line end"),
}
