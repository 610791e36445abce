"""The words of the tabs RNN and LSTM, English and Hinglish."""

RECURRENT: dict[str, tuple[str, str]] = {
    "model.rnn-sentiment": ("praise or blame, English (rnn-sentiment)", "taareef ya burai, English (rnn-sentiment)"),
    "model.lstm-sentiment": ("praise or blame, English (lstm-sentiment)", "taareef ya burai, English (lstm-sentiment)"),
    "model.lstm-hinglish": ("mood of a Hinglish text (lstm-hinglish)", "Hinglish text ka mood (lstm-hinglish)"),
    "model.rnn-char": ("write Shakespeare (rnn-char)", "Shakespeare likhna (rnn-char)"),
    "model.lstm-char": ("write Shakespeare (lstm-char)", "Shakespeare likhna (lstm-char)"),
    "no_hub.none_pinned.text-classification": (
        "No hub model, because none for Hinglish tweets with a stated licence and a checked revision was found to stand beside ours.",
        "Hub model nahi hai, kyunki Hinglish tweets ke liye aisa koi model nahi mila jiska licence saaf likha ho aur revision check kiya hua ho.",
    ),
    "no_hub.none_of_this_kind.text-generation": (
        "No hub model, because hubs hold no recurrent network that writes single characters; large language models write pieces of words.",
        "Hub model nahi hai, kyunki hubs pe aisa recurrent network nahi milta jo ek ek character likhe; bade language models words ke tukde likhte hain.",
    ),
    "label.negative": ("negative", "negative"),
    "label.neutral": ("neutral", "neutral"),
    "label.positive": ("positive", "positive"),
    "text.label": ("Your text", "Aapka text"),
    "text.info": (
        "The answer follows while you type. Up to 20,000 characters.",
        "Type karte jaiye, jawab saath saath badalta hai. 20,000 characters tak.",
    ),
    "answer": ("{source}: **{label}**, {percent:.1f} %", "{source}: **{label}**, {percent:.1f} %"),
    "no_answer": (
        "No answer this time; below is why, and what to do.",
        "Is baar jawab nahi mila; neeche dekhiye kyun, aur ab kya karein.",
    ),
    "look.hub": (
        "The hub's model is a transformer: it has no recurrent state to show. Choose “our network” or “side by side”.",
        "Hub ka model transformer hai: usmein dikhane ko recurrent state hi nahi hai. “Humara network” ya “dono saath mein” chuniye.",
    ),
    "watch.title": (
        "### Type and watch\nThe lines show what the answer would be if the text ended after each word; below, every unit over time. Choose a cell "
        "(click, or arrow keys): how that number came about is written out underneath.",
        "### Type karke dekhiye\nLines batati hain ki text agar har word ke baad khatam ho jaata toh jawab kya hota; neeche har unit, time ke saath. "
        "Koi cell chuniye (click ya arrow keys): neeche us number ka poora hisaab dikhega.",
    ),
    "watch.picture": ("{model}, word by word", "{model}, ek ek word karke"),
    "gate.label": ("Switch a gate off", "Ek gate band kijiye"),
    "gate.info": (
        "A gate that is held at 1 lets everything through, as if it were not there. Dashed lines: all gates at work.",
        "Gate ko 1 pe rok do toh sab kuch guzar jaata hai, jaise gate ho hi nahi. Dashed lines: jab saare gates kaam kar rahe hon.",
    ),
    "gate.none": ("all gates at work", "saare gates chalu"),
    "gate.input": ("input gate held at 1", "input gate 1 pe"),
    "gate.forget": ("forget gate held at 1", "forget gate 1 pe"),
    "gate.output": ("output gate held at 1", "output gate 1 pe"),
    "gate.lane": ("{label}, all gates at work", "{label}, saare gates chalu"),
    "gate.changed": (
        "With the **{gate}**: {before} {p:.1f} % became {after} {q:.1f} %; the cell's mean size after the last word went from {cell:.2f} to {other:.2f}.",
        "**{gate}** karne se: {before} {p:.1f} % badal kar {after} {q:.1f} % ho gaya; aakhri word ke baad cell ka mean size {cell:.2f} se {other:.2f} ho gaya.",
    ),
    "part.name.state": ("hidden state", "hidden state"),
    "part.name.cell": ("cell", "cell"),
    "part.name.input": ("input gate", "input gate"),
    "part.name.forget": ("forget gate", "forget gate"),
    "part.name.output": ("output gate", "output gate"),
    "part.name.candidate": ("candidate", "candidate"),
    "view.timeline.quantity": ("What the heat map shows", "Heat map mein kya dikhe"),
    "view.timeline.means": ("all, averaged over units", "sab kuch, units ka average"),
    "view.timeline.mean": ("mean size", "mean size"),
    "view.timeline.meaning": (
        "Each row is the mean size, without sign, over all units; choose one quantity to see it unit by unit.",
        "Har row saare units ka mean size hai, sign ke bina; unit by unit dekhne ke liye ek quantity chuniye.",
    ),
    "view.timeline.unit": ("unit", "unit"),
    "view.timeline.token": ("step", "step"),
    "view.timeline.unknown": ("unknown to the network", "network ke liye anjaan"),
    "view.timeline.keys": ("Arrow keys move through words and units.", "Arrow keys se words aur units badaliye."),
    "view.timeline.scale": (
        "From {low} to {high}: the stronger the colour, the farther from zero; orange is negative.",
        "{low} se {high} tak: rang jitna gehra, zero se utna door; orange negative hai.",
    ),
    "view.timeline.dotted": (
        "Words underlined with dots are unknown to the network.",
        "Dotted underline wale words network ke liye anjaan hain.",
    ),
    "view.timeline.cut": (
        "The last {n} of {total} steps are drawn.",
        "{total} mein se aakhri {n} steps dikh rahe hain.",
    ),
    "view.timeline.numbers": ("These numbers as a table", "Yahi numbers table mein"),
    "view.curves.numbers": ("These numbers as a table", "Yahi numbers table mein"),
    "view.shaded.character": ("character", "character"),
    "view.shaded.space": ("space", "space"),
    "view.shaded.newline": ("line end", "line end"),
    "step.title": ("Unit {unit} at word {n}, “{word}”, written out", "Unit {unit}, word {n} “{word}” pe: poora hisaab"),
    "view.step.input": ("from the input", "input se"),
    "view.step.before": ("from the state before", "pichhle state se"),
    "view.step.rest": ("{n} other products", "baaki {n} products"),
    "view.step.sum": ("sum", "sum"),
    "view.step.all": ("All {n} products", "Saare {n} products"),
    "view.step.held": ("held at 1", "1 pe roka hua"),
    "view.step.state": ("State", "State"),
    "view.step.cell": ("Cell", "Cell"),
    "view.step.forget": ("forget", "forget"),
    "view.step.write": ("input", "input"),
    "view.step.show": ("output", "output"),
    "view.step.candidate": ("candidate", "candidate"),
    "view.step.old": ("old cell", "purana cell"),
    "memory.title": (
        "### Reach of memory\nHow strongly does each word still move the answer? The shade is the size of the gradient of the answer with respect to that word.",
        "### Memory kahan tak pahunchti hai\nHar word jawab ko ab bhi kitna hilata hai? Shade batata hai ki us word ke hisaab se jawab ka gradient kitna bada hai.",
    ),
    "memory.picture": ("Gradient of the answer by word", "Har word pe jawab ka gradient"),
    "memory.reach": (
        "90 % of the gradient lies on the last {n} of {total} words; the largest on “{word}”.",
        "{total} words mein se aakhri {n} pe 90 % gradient hai; sabse bada “{word}” pe.",
    ),
    "memory.note": (
        "Each row is shaded up to its own largest gradient.",
        "Har row apne sabse bade gradient tak shade ki gayi hai.",
    ),
    "memory.alone": (
        "No plain RNN was trained on Hinglish, so the LSTM stands alone here; the English model shows both.",
        "Hinglish pe koi plain RNN train nahi hua, isliye yahan LSTM akela hai; English model mein dono dikhte hain.",
    ),
    "copy.title": (
        "### A task that only memory solves\nA sequence begins with one of eight symbols, then comes noise; at the end the network has to name the symbol. "
        "Both networks are trained here and now, with the same number of units.",
        "### Aisa kaam jo sirf memory se hota hai\nSequence aath mein se ek symbol se shuru hoti hai, phir noise aata hai; aakhir mein network ko woh symbol batana hai. "
        "Dono networks isi waqt yahin train hote hain, barabar units ke saath.",
    ),
    "copy.length": ("Steps of noise in between", "Beech mein noise ke steps"),
    "copy.run": ("Train both now", "Dono ko abhi train kijiye"),
    "copy.picture": ("Accuracy with {length} steps of noise", "{length} steps ke noise ke saath accuracy"),
    "copy.x": ("training steps", "training steps"),
    "copy.y": ("accuracy", "accuracy"),
    "copy.note": (
        "Measured on 512 fresh sequences; guessing gives {percent:.1f} %. The LSTM's forget gates begin open and its input gates closed, in proportion to "
        "the distance; a plain network has nothing to set, and begins with the weights that keep its state longest.",
        "512 nayi sequences pe measure hua; andaze se {percent:.1f} % milta hai. LSTM ke forget gates doori ke hisaab se khule aur input gates band shuru hote hain; "
        "plain network mein set karne ko kuch nahi hai, woh un weights se shuru hota hai jo state ko sabse zyada der rakhte hain.",
    ),
    "copy.now": (
        "**{member}**: {percent:.0f} % after {step} steps, {seconds:.1f} s",
        "**{member}**: {step} steps baad {percent:.0f} %, {seconds:.1f} s",
    ),
    "copy.solved": (
        "**{member}**: solved, {percent:.0f} % after {step} steps, {seconds:.1f} s",
        "**{member}**: ho gaya, {step} steps baad {percent:.0f} %, {seconds:.1f} s",
    ),
    "speed.title": (
        "### Milliseconds against length\nA recurrent network reads one word after the other: twice the words, twice the time.",
        "### Lambai aur milliseconds\nRecurrent network ek ke baad ek word padhta hai: words do guna, toh time bhi do guna.",
    ),
    "speed.run": ("Measure here", "Yahin measure kijiye"),
    "speed.picture": ("Time of the network alone", "Sirf network ka time"),
    "speed.x": ("words", "words"),
    "speed.y": ("milliseconds", "milliseconds"),
    "speed.note": ("Median of five runs on this machine.", "Isi machine pe paanch runs ka median."),
    "write.prompt": ("How the text begins", "Text kaise shuru ho"),
    "write.info": (
        "English letters, digits and punctuation of Shakespeare's plays; up to 5,000 characters.",
        "Shakespeare ke plays wale English letters, digits aur punctuation; 5,000 characters tak.",
    ),
    "write.temperature": ("Temperature", "Temperature"),
    "write.temperature.info": (
        "0 always takes the likeliest; higher is wilder.",
        "0 pe hamesha sabse likely character; zyada matlab aur mast.",
    ),
    "write.top_k": ("Top-k", "Top-k"),
    "write.top_k.info": (
        "Choose among this many; 0 among all.",
        "Itne characters mein se chune; 0 matlab sab mein se.",
    ),
    "write.count": ("Characters to write", "Kitne characters likhe"),
    "write.seed": ("Seed", "Seed"),
    "write.seed.info": ("The same seed, the same text.", "Seed wahi, toh text bhi wahi."),
    "write.run": ("Write", "Likhiye"),
    "write.nothing": (
        "Press “Write”; the text appears here, character by character.",
        "“Likhiye” dabaiye; text yahan ek ek character aata jayega.",
    ),
    "write.running": ("{n} characters", "{n} characters"),
    "write.stopped": ("Stopped.", "Ruk gaya."),
    "write.done": (
        "{n} characters in {seconds:.2f} s, {rate:,.0f} a second; the first after {first:.0f} ms. The milliseconds below are for one character.",
        "{n} characters {seconds:.2f} s mein, {rate:,.0f} per second; pehla {first:.0f} ms mein. Neeche ke milliseconds ek character ke hain.",
    ),
    "letter.title": (
        "### What was expected, and why\nClick any character above (or use the arrow keys): which characters the network expected there, and which earlier ones moved it.",
        "### Kya expect kiya tha, aur kyun\nUpar kisi bhi character pe click kijiye (ya arrow keys): network wahan kya expect kar raha tha, aur pehle ke kaunse characters ne use hilaya.",
    ),
    "letter.row": ("The text; each character can be chosen", "Text; har character chun sakte hain"),
    "letter.help": ("Click a character.", "Kisi character pe click kijiye."),
    "letter.note": (
        "The shade is the size of the gradient of the chosen character's log-probability with respect to each earlier one.",
        "Shade batata hai ki chune hue character ki log-probability ka gradient har pichhle character pe kitna bada hai.",
    ),
    "letter.sentence": (
        "Character {i} is “{came}”, expected with {percent:.1f} %; the likeliest was “{top}” with {likely:.1f} %. Moved most by: {moved}",
        "Character {i} “{came}” hai, {percent:.1f} % se expect tha; sabse likely “{top}” tha, {likely:.1f} %. Sabse zyada hilaya: {moved}",
    ),
    "letter.bars": ("Expected after “{before}”", "“{before}” ke baad kya expect tha"),
    "letters.picture": (
        "{model}: the {n} of {total} units that vary most",
        "{model}: {total} mein se {n} units jo sabse zyada badalte hain",
    ),
    "letters.lane": ("how much each character was expected", "har character kitna expect tha"),
    "figures.title": (
        "On {n} held-out examples, beside simple methods",
        "{n} held-out examples pe, seedhe tareekon ke saath",
    ),
    "figures.mean": (
        "{model}, mean of {n} seeds (the best is the one above)",
        "{model}, {n} seeds ka mean (sabse achha upar wala hai)",
    ),
    "figures.who": ("method", "tareeka"),
    "metric.accuracy": ("accuracy", "accuracy"),
    "metric.macro_f1": ("macro F1", "macro F1"),
    "metric.nats_per_character": ("nats a character (less is better)", "nats per character (kam behtar hai)"),
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
        "None of these simple methods does better here.",
        "Inmein se koi seedha tareeka yahan behtar nahi hai.",
    ),
    "why.rnn-sentiment": (
        "A bag of words does better: it sees all words at once, while the plain network has forgotten most of the beginning. See “Reach of memory”.",
        "Bag of words behtar hai: use saare words ek saath dikhte hain, jabki plain network shuru ka zyada hissa bhool chuka hota hai. “Memory kahan tak pahunchti hai” dekhiye.",
    ),
    "why.lstm-sentiment": (
        "A bag of words does as well or better: single words tell most about a review, and a few thousand sentences are few to learn their order from.",
        "Bag of words utna hi ya usse achha hai: review ke baare mein zyada toh akele words hi bata dete hain, aur kuch hazaar sentences se unka order seekhna mushkil hai.",
    ),
    "why.lstm-hinglish": (
        "Character n-grams do better: whether a piece of a word occurs says most, and fifteen thousand tweets with noisy labels are few for a recurrent network.",
        "Character n-grams behtar hain: word ka koi tukda hai ya nahi, usi se zyada pata chal jaata hai, aur noisy labels wale pandrah hazaar tweets recurrent network ke liye kam hain.",
    ),
    "why.rnn-char": (
        "Counted n-grams do better: the last five characters settle most of the next one, and counting remembers every one of them. The plain network has far fewer "
        "numbers, and its longer memory fades.",
        "Gine hue n-grams behtar hain: agla character zyada toh pichhle paanch se hi tay hota hai, aur ginti un sabko yaad rakhti hai. Plain network mein numbers bahut kam "
        "hain, aur uski lambi memory dhundhli ho jaati hai.",
    ),
    "why.lstm-char": (
        "Counted n-grams do better: the last characters settle most of the next one, and counting remembers every one of them.",
        "Gine hue n-grams behtar hain: agla character zyada toh pichhle kuch characters se hi tay hota hai, aur ginti un sabko yaad rakhti hai.",
    ),
}
for _n in (3, 4, 5, 6):
    RECURRENT[f"baseline.n-grams up to {_n} characters, interpolated"] = (
        f"counted n-grams up to {_n} characters",
        f"gine hue n-grams, {_n} characters tak",
    )
