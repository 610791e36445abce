"""The words of the tab GPT, English and Hinglish."""

GPT: dict[str, tuple[str, str]] = {
    "text.label": ("The beginning of a text", "Text ki shuruaat"),
    "text.info": (
        "Up to 20,000 characters. The bars follow while you type; our own network has read nothing but Shakespeare, so give it a beginning from a play.",
        "20,000 characters tak. Type karte hi bars badalte hain; humare network ne Shakespeare ke siva kuch nahi padha, isliye kisi play jaisi shuruaat dijiye.",
    ),
    "write.count": ("Tokens to write", "Kitne tokens likhein"),
    "write.several": ("Continuations side by side", "Ek saath kitne continuations"),
    "write.seed": ("Seed", "Seed"),
    "write.seed.info": ("The same seed makes the same choices.", "Wahi seed, wahi choices."),
    "write.run": ("Write on", "Aage likhiye"),
    "write.running": ("Writing: {n} tokens so far.", "Likh raha hai: ab tak {n} tokens."),
    "write.done": (
        "{source}: {n} tokens in {seconds:.2f} s, {rate:.0f} a second; the first after {first:.0f} ms.",
        "{source}: {seconds:.2f} s mein {n} tokens, yani {rate:.0f} har second; pehla {first:.0f} ms mein aaya.",
    ),
    "stopped.here": ("Stopped.", "Ruk gaya."),
    "write.nothing": (
        "Give a beginning and press *Write on*, or choose a bar to take that token.",
        "Shuruaat likhiye aur *Aage likhiye* dabaiye, ya koi bar chuniye: wahi token jud jayega.",
    ),
    "write.ready": (
        "{source}: {n} tokens read. The likeliest next token is “{token}” ({percent:.1f} %).",
        "{source}: {n} tokens padhe. Sabse zyada chance “{token}” ka hai ({percent:.1f} %).",
    ),
    "written.title": (
        "What was written: choose a token to see what else could have stood there",
        "Yeh likha gaya: koi token chuniye aur dekhiye wahan aur kya aa sakta tha",
    ),
    "written.row": ("{source}, continuation {n}", "{source}, continuation {n}"),
    "written.note": (
        "The deeper the shade, the less that token was expected.",
        "Rang jitna gehra, woh token utna hi unexpected tha.",
    ),
    "dropped": (
        "The context holds {context:,} tokens. Of your {count:,} the last {kept:,} were read, the {dropped:,} before them were left out.",
        "Context mein {context:,} tokens aate hain. Aapke {count:,} mein se aakhri {kept:,} padhe gaye, unse pehle ke {dropped:,} chhod diye.",
    ),
    "slides": (
        "When the context is full, the network goes on from its last three quarters.",
        "Context bhar jaye toh network uske aakhri teen-chauthai se aage badhta hai.",
    ),
    "unknown": (
        "Not in the plays, so read as unknown: {symbols}",
        "Yeh plays mein nahi hain, isliye unknown padhe gaye: {symbols}",
    ),
    "next.after": ("Next token after “…{end}”", "“…{end}” ke baad agla token"),
    "next.temperature": ("Temperature", "Temperature"),
    "next.top_k": ("Top-k", "Top-k"),
    "next.top_p": ("Top-p", "Top-p"),
    "next.all": ("all", "sab"),
    "next.others": (
        "all others together: {percent} % · admitted: {n}",
        "baaki sab milakar: {percent} % · jinhe mauka milega: {n}",
    ),
    "next.choose": ("Take this token and write on", "Yahi token lekar aage likhiye"),
    "go_on": (
        "Choosing a bar takes that token in place of the drawn one, and writing goes on from there.",
        "Kisi bar ko chuniye: draw hue token ki jagah woh aa jayega, aur likhna wahin se aage badhega.",
    ),
    "hub.said": (
        "**A plain word.** GPT-2 has read 40 gigabytes of web pages that people linked to in 2019. It writes what is likely to stand on such pages, not what is true. It makes up "
        "names, numbers and quotations, repeats prejudice, and can turn rude without being asked. Believe nothing it says, and pass nothing on as knowledge.",
        "**Saaf baat.** GPT-2 ne 2019 tak ke 40 gigabyte web pages padhe hain. Yeh wahi likhta hai jo aise pages pe aksar milta hai, woh nahi jo sach hai. Naam, numbers aur quotes "
        "bana leta hai, prejudice dohrata hai, aur bina kahe bhi badtameezi kar sakta hai. Iski kisi baat ko sach mat maniye, na aage bhejiye.",
    ),
    "own.said": (
        "**A plain word.** Ours is far too small to know anything: it has the sound of Shakespeare, and his time's views of women, strangers and kings. Nothing it says is meant.",
        "**Saaf baat.** Humara network itna chhota hai ki kuch jaanta nahi: bas Shakespeare ki awaaz hai, aur aurat, ajnabi aur raja ke baare mein us zamane ki soch. Iski koi baat matlab se "
        "nahi kahi gayi.",
    ),
    "tokens.picture": ("Byte pairs, merge by merge", "Byte pairs, merge dar merge"),
    "tokens.note": (
        "␣ is a space, ↵ a line end. The pair that was learnt first is merged first; the number below a token is its id.",
        "␣ space hai, ↵ line end. Jo pair pehle seekha gaya woh pehle judta hai; token ke neeche uski id hai.",
    ),
    "look.hub": (
        "The hub's library hands out no queries, keys and values. Choose *our network, the hub's weights*: the same numbers, and everything can be opened.",
        "Hub ki library queries, keys aur values nahi deti. *Humara network, hub ke weights* chuniye: numbers wahi, aur sab kuch khul jaata hai.",
    ),
    "embed.note": (
        "Blue is positive, orange negative. The positions are learnt, one vector for each place; neighbours look alike.",
        "Blue positive hai, orange negative. Positions seekhi hui hain, har jagah ka ek vector; padosi ek jaise dikhte hain.",
    ),
    "switch.changed": (
        "Without {part} the text surprises the network by {after:.2f} nats a token instead of {before:.2f}, and it would go on:",
        "{part} ke bina text network ko har token pe {after:.2f} nats ka surprise deta hai, pehle {before:.2f} tha, aur aage yeh likhta:",
    ),
    "switch.short": (
        "Without {part} it would go on (the text is too short to be surprised by):",
        "{part} ke bina aage yeh likhta (text surprise ke liye bahut chhota hai):",
    ),
    "switch.hint.positions": (
        "Without positions the order is known only through who may look at whom; words are remembered, their places are not.",
        "Positions ke bina order sirf isse pata chalta hai ki kaun kisko dekh sakta hai; words yaad rehte hain, unki jagah nahi.",
    ),
    "switch.hint.layer_norm": (
        "Without the norms the stream's numbers have sizes that the next layer was never trained for.",
        "Norm ke bina numbers itne bade-chhote ho jaate hain jitne agli layer ne training mein kabhi nahi dekhe.",
    ),
    "switch.hint.head": (
        "Most single heads can go unnoticed; a few are missed at once. Try several.",
        "Zyada-tar heads ke bina farak nahi padta; kuch ki kami turant dikhti hai. Kai try kijiye.",
    ),
    "blocks.start": ("Before the first block it would say: {words}", "Pehle block se pehle hi poochho toh: {words}"),
    "blocks.note": ("would say: {words}", "kehta: {words}"),
    "figures.who": ("method", "tareeka"),
    "figures.title": (
        "On {n} held-out characters of Shakespeare",
        "Training se bahar ke {n} Shakespeare characters pe",
    ),
    "metric.nats_per_character": ("nats a character (less is better)", "nats per character (kam behtar hai)"),
    "why.none": (
        "None of these counts does better: they see five characters back, the network some hundreds.",
        "Inmein se koi ginti behtar nahi: woh paanch characters peeche dekhti hai, network sainkdon.",
    ),
    "why.gpt-shakespeare": (
        "Counting does better here: our network was trained for too short a time.",
        "Yahan ginti behtar hai: humare network ki training kam hui.",
    ),
    "view.shaded.character": ("token", "token"),
    "view.shaded.space": ("space", "space"),
    "view.shaded.newline": ("line end", "line end"),
} | {
    f"baseline.n-grams up to {n} characters, interpolated": (
        f"n-grams up to {n} characters",
        f"{n} characters tak ke n-grams",
    )
    for n in (4, 5, 6)
}
