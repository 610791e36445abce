"""The words of Audio & speech · Siamese, English and Hinglish."""

from demos.language import Words

SIAMESE: Words = {
    "model.siamese-speaker": ("Voices: the same speaker? (siamese-speaker)", "Voices: wahi speaker? (siamese-speaker)"),
    "model.siamese-fingerprint": (
        "Recordings: find them again (siamese-fingerprint)",
        "Recordings: phir se dhoondhiye (siamese-fingerprint)",
    ),
    "model.siamese-sound": ("Sounds: what is heard (siamese-sound)", "Sounds: kya sunai diya (siamese-sound)"),
    "siamese.no_security": (
        "**This is no security system.** A played recording of a voice passes, and so may a good mimic. It needs speech of 1.5 seconds or "
        "more, better 3 to 10, of one person at a time. Nothing is kept after the visit: what is computed from your clips goes when "
        "you close the page, the uploaded files soon after.",
        "**Yeh security system nahi hai.** Kisi voice ki recording bajane se bhi pass ho jayega, aur achhi nakal se bhi. Kam se kam 1.5 second ki "
        "speech chahiye, 3 se 10 second behtar hain, ek waqt pe ek hi insaan. Visit ke baad kuch nahi rakha jaata: aapki clips se jo nikla woh page "
        "band karte hi chala jaata hai, upload ki hui files thodi der mein.",
    ),
    "siamese.synthetic": (
        "The examples are synthetic: a program made them from formulas, nobody is recorded in them. They show how the page works, not how "
        "well real people are told apart.",
        "Examples synthetic hain: ek program ne formulas se banaye, inmein kisi ki recording nahi hai. Inse page samajh aata hai, yeh nahi ki asli "
        "logon mein farak kitna achha pakadta hai.",
    ),
    "siamese.hub_speaker_only": (
        "The hub's model knows voices only; here our own network answers.",
        "Hub ka model sirf voices jaanta hai; yahan humara network jawab deta hai.",
    ),
    # two clips
    "siamese.two.tab": ("Two clips", "Do clips"),
    "siamese.many.tab": ("Several people", "Kai log"),
    "siamese.along.tab": ("Along a recording", "Poori recording ke saath"),
    "siamese.first": ("First clip, 0.5 to 60 s", "Pehli clip, 0.5 se 60 s"),
    "siamese.second": ("Second clip, 0.5 to 60 s", "Doosri clip, 0.5 se 60 s"),
    "siamese.compare": ("Compare", "Compare karein"),
    "siamese.example.same": ("One voice, other words", "Ek hi voice, alag shabd"),
    "siamese.example.two": ("Two voices", "Do voices"),
    "siamese.example.alike": ("Two deep voices", "Do bhaari voices"),
    "siamese.example.room": ("One voice, one in a noisy room", "Ek hi voice, ek baar shor wale room mein"),
    "siamese.example.line": ("One voice, one on the telephone", "Ek hi voice, ek baar phone pe"),
    "siamese.example.alt": ("the two waves of this example", "is example ki dono waves"),
    "siamese.answer": (
        "{source}: {answer}, cosine **{score:.3f}**, threshold {threshold:.3f}.",
        "{source}: {answer}, cosine **{score:.3f}**, threshold {threshold:.3f}.",
    ),
    "siamese.same": ("the same speaker", "wahi speaker"),
    "siamese.different": ("different speakers", "alag speakers"),
    "siamese.no_answer": (
        "No answer this time; below is why, and what to do.",
        "Is baar jawab nahi mila; neeche dekhiye kyun, aur ab kya karein.",
    ),
    "siamese.warn.identical": (
        "Both clips are one and the same recording: the score of 1 says nothing about a voice.",
        "Dono clips ek hi recording hain: 1 ka score voice ke baare mein kuch nahi batata.",
    ),
    "siamese.warn.short": (
        "A clip is shorter than 1.5 seconds: the score is unsure.",
        "Ek clip 1.5 second se chhoti hai: score pakka nahi hai.",
    ),
    "siamese.warn.clipped": (
        "A clip is clipped: it was recorded too loud.",
        "Ek clip ke peaks kate hue hain: recording zyada loud thi.",
    ),
    "siamese.warn.voice_changes": (
        "The halves of a clip do not sound alike: more than one speaker, music, or noise. Give one voice alone.",
        "Ek clip ke dono halves ek jaise nahi lagte: ek se zyada speaker, music ya shor ho sakta hai. Sirf ek voice dijiye.",
    ),
    # look inside
    "siamese.look.product": (
        "### The score, number by number\nBoth clips went through the same encoder. Each is now a vector of length 1, and the score is the sum of "
        "their products: the cosine of the angle between them.",
        "### Score, ek ek number karke\nDono clips ek hi encoder se guzri hain. Har clip ab length 1 ka vector hai, aur score unke products ka sum "
        "hai: yani dono ke beech ke angle ka cosine.",
    ),
    "siamese.look.maps": (
        "### Both log-mels through the one encoder\nFirst the log-mels (time to the right, low tones at the top), then what the stem and each stage "
        "make of them: the first six channels. A is the first clip, B the second.",
        "### Dono log-mels, ek hi encoder\nPehle log-mels (time daayein taraf, neeche ke sur upar), phir stem aur har stage unse kya banate hain: "
        "pehle chhe channels. A pehli clip hai, B doosri.",
    ),
    "siamese.look.pooled": (
        "### Pooled statistics\nMean and spread over time of every channel (to the right) at every height (downwards). However long a clip, these "
        "are as many numbers. Bright is much; both clips on one scale.",
        "### Pooled statistics\nHar channel (daayein taraf) ka har height (neeche ki taraf) pe, time ke upar mean aur spread. Clip kitni bhi lambi ho, "
        "numbers utne hi rehte hain. Roshan matlab zyada; dono clips ek scale pe.",
    ),
    "siamese.look.moments": (
        "### Which moments decide\nA window of one second moves along each clip and is compared with the whole of the other. High moments speak for "
        "the same voice, low ones against it.",
        "### Kaunse pal faisla karte hain\nEk second ki window har clip pe chalti hai aur doosri poori clip se compare hoti hai. Upar ke pal wahi "
        "voice bolte hain, neeche ke uske khilaaf.",
    ),
    "siamese.pooled.mean": ("{clip}, mean", "{clip}, mean"),
    "siamese.pooled.spread": ("{clip}, spread", "{clip}, spread"),
    "siamese.pooled.alt": (
        "{rows} heights by {columns} channels, from {low:.2f} to {high:.2f}",
        "{rows} heights, {columns} channels, {low:.2f} se {high:.2f} tak",
    ),
    "siamese.moments.title": ("Similarity over time", "Samay ke saath similarity"),
    "siamese.moments.x": ("middle of the window, s", "window ka beech, s"),
    "siamese.moments.y": ("cosine", "cosine"),
    "siamese.moments.first": ("windows of A against B", "A ki windows, B ke saamne"),
    "siamese.moments.second": ("windows of B against A", "B ki windows, A ke saamne"),
    "siamese.moments.threshold": ("threshold", "threshold"),
    "siamese.moments.short": (
        "These clips are shorter than a second: there is no window to move.",
        "Yeh clips ek second se chhoti hain: window chalane ki jagah nahi hai.",
    ),
    "siamese.numbers": ("The numbers", "Numbers"),
    "siamese.verdict.same": ("The same speaker", "Wahi speaker"),
    "siamese.verdict.different": ("Different speakers", "Alag speakers"),
    "siamese.verdict.why": (
        "cosine {score} {sign} threshold {threshold}",
        "cosine {score} {sign} threshold {threshold}",
    ),
    "siamese.verdict.threshold": ("Move the threshold", "Threshold hilaiye"),
    "siamese.verdict.low": ("−1: opposite", "−1: ulta"),
    "siamese.verdict.high": ("1: alike", "1: ek jaisa"),
    "siamese.product.first": ("A, first clip", "A, pehli clip"),
    "siamese.product.second": ("B, second clip", "B, doosri clip"),
    "siamese.product.product": ("A × B", "A × B"),
    "siamese.product.title": ("The dot product of the two embeddings", "Dono embeddings ka dot product"),
    "siamese.product.sort": ("strongest products first", "sabse bade products pehle"),
    "siamese.product.here": ("number {i} of {n}", "{n} mein se number {i}"),
    "siamese.product.so_far": ("sum of the first {k} as drawn: {sum}", "picture ke pehle {k} ka sum: {sum}"),
    "siamese.product.sum": (
        "What speaks for the same voice adds up to {plus}, what speaks against it to {minus}: {plus} − {minus} = {total}.",
        "Jo wahi voice bolta hai uska sum {plus}, jo khilaaf bolta hai uska {minus}: {plus} − {minus} = {total}.",
    ),
    "siamese.product.keys": ("Arrow keys move along the numbers.", "Arrow keys se agle number pe jaaiye."),
    # several people
    "siamese.many.help": (
        "Give each person a name and two clips or more, then see how near clips of one person and of two persons lie. You choose the threshold.",
        "Har insaan ka naam aur do ya zyada clips dijiye, phir dekhiye ek insaan ki clips aur do logon ki clips kitni paas hain. Threshold aap chuniye.",
    ),
    "siamese.many.name": ("Name", "Naam"),
    "siamese.many.files": ("Clips of this person (files)", "Is insaan ki clips (files)"),
    "siamese.many.record": ("or record one", "ya ek record kijiye"),
    "siamese.many.add": ("Enrol", "Enrol karein"),
    "siamese.many.example": ("Take the four synthetic voices", "Chaar synthetic voices lijiye"),
    "siamese.many.clear": ("Forget all", "Sab bhool jaaiye"),
    "siamese.many.status": (
        "{n} clips of {people}. Nothing of it is kept after this visit.",
        "{people} ki {n} clips. Is visit ke baad kuch nahi rakha jaata.",
    ),
    "siamese.many.nobody": ("Nobody is enrolled yet.", "Abhi koi enrol nahi hua."),
    "siamese.many.who": ("Whose voice is this?", "Yeh kiski voice hai?"),
    "siamese.many.found": ("Nearest: {list}.", "Sabse paas: {list}."),
    "siamese.many.below": (
        "Nearest: {list}. All lie below the threshold {threshold:.3f}: probably nobody of these.",
        "Sabse paas: {list}. Sab threshold {threshold:.3f} se neeche hain: shayad inmein se koi nahi.",
    ),
    "siamese.voice": ("voice {n}", "voice {n}"),
    "siamese.clip": ("clip {n}", "clip {n}"),
    "siamese.levels.title": (
        "{same} pairs of one person, {other} of two",
        "{same} pairs ek insaan ke, {other} do logon ke",
    ),
    "siamese.levels.alt": (
        "Histogram of cosines: {same} pairs of one person, {other} pairs of two",
        "Cosines ka histogram: {same} pairs ek insaan ke, {other} do logon ke",
    ),
    "siamese.levels.axis": ("cosine of a pair", "pair ka cosine"),
    "siamese.levels.same": ("one person", "ek insaan"),
    "siamese.levels.other": ("two people", "do log"),
    "siamese.levels.threshold": ("Threshold", "Threshold"),
    "siamese.levels.accepts": ("False accepts (two people taken for one)", "False accepts (do logon ko ek samjha)"),
    "siamese.levels.rejects": ("False rejects (one person taken for two)", "False rejects (ek insaan ko do samjha)"),
    "siamese.levels.eer": (
        "Go to the equal-error point: {rate} % at {threshold}",
        "Equal-error point pe jaaiye: {rate} %, {threshold} pe",
    ),
    "siamese.levels.more": (
        "Both kinds of pairs are needed: two people, and two clips of one of them.",
        "Dono tarah ke pairs chahiye: do log, aur unmein se ek ki do clips.",
    ),
    "siamese.levels.plane": ("The embeddings on a plane", "Embeddings ek plane pe"),
    "siamese.levels.plane_help": (
        "The two directions in which they differ most. Far apart here is far apart; near here may still differ in the others.",
        "Woh do directions jinmein sabse zyada farak hai. Yahan door matlab sach mein door; yahan paas ho toh bhi baaki mein farak ho sakta hai.",
    ),
    "siamese.levels.nearest": ("Nearest", "Sabse paas"),
    "siamese.levels.keys": ("Arrow keys go from clip to clip.", "Arrow keys se agli clip pe jaaiye."),
    # along a recording
    "siamese.along.help": (
        "A reference clip of one voice, and a longer recording, up to 10 minutes: where does this voice speak?",
        "Ek voice ki reference clip, aur ek lambi recording, 10 minute tak: yeh voice kahan bolti hai?",
    ),
    "siamese.along.reference": ("Reference: one voice", "Reference: ek voice"),
    "siamese.along.recording": ("Longer recording, 2 s to 10 min", "Lambi recording, 2 s se 10 min"),
    "siamese.along.run": ("Move along", "Aage chaliye"),
    "siamese.along.example": ("Synthetic talk of three", "Teen synthetic voices ki baat"),
    "siamese.along.title": (
        "How near each 2 seconds of the recording are to the reference",
        "Recording ke har 2 second reference ke kitne paas hain",
    ),
    "siamese.along.line": ("similarity", "similarity"),
    "siamese.along.said": (
        "{percent:.0f} % of the windows lie above the threshold {threshold:.3f}; nearest at second {second:.1f}.",
        "{percent:.0f} % windows threshold {threshold:.3f} ke upar hain; sabse paas second {second:.1f} pe.",
    ),
    # fingerprints
    "siamese.print.help": (
        "Add recordings of 0.5 seconds to 10 minutes to the index; then give an excerpt of about 3 seconds, or let the page cut one and put "
        "noise over it.",
        "0.5 second se 10 minute tak ki recordings index mein daaliye; phir kareeb 3 second ka tukda dijiye, ya page se kaat kar us pe noise dalwaiye.",
    ),
    "siamese.print.files": ("Recordings for the index", "Index ke liye recordings"),
    "siamese.print.add": ("Add to the index", "Index mein daaliye"),
    "siamese.print.example": ("Index the synthetic recordings", "Synthetic recordings index kijiye"),
    "siamese.print.status": ("{n} recordings in the index: {list}.", "Index mein {n} recordings: {list}."),
    "siamese.print.empty": ("The index is empty.", "Index khaali hai."),
    "siamese.print.which": ("Cut an excerpt from", "Kis recording se tukda kaatein"),
    "siamese.print.start": ("from second", "kis second se"),
    "siamese.print.noise": ("noise: dB that the recording stands above it", "noise: recording usse kitne dB upar hai"),
    "siamese.print.cut": ("Cut, add noise, find", "Kaatiye, noise daaliye, dhoondhiye"),
    "siamese.print.own": ("or an own excerpt", "ya apna tukda"),
    "siamese.print.heard": ("The excerpt", "Tukda"),
    "siamese.print.found": (
        "Our network: **{name}**, cosine {score:.3f}, from second {second:.2f}. Spectral peaks: {classic}.",
        "Humara network: **{name}**, cosine {score:.3f}, second {second:.2f} se. Spectral peaks: {classic}.",
    ),
    "siamese.print.classic": ("**{name}**, {n} pairs agree", "**{name}**, {n} pairs sehmat"),
    "siamese.print.nothing": ("found nothing", "kuch nahi mila"),
    "siamese.print.scores": ("Nearest recordings (cosine)", "Sabse paas ki recordings (cosine)"),
    "siamese.print.peaks": (
        "What the classical way looks at: the loudest peaks of the spectrogram, in pairs. Nothing there is learnt.",
        "Classical tareeka kya dekhta hai: spectrogram ke sabse tez peaks, pairs mein. Usmein kuch seekha nahi jaata.",
    ),
    "siamese.print.peaks_alt": (
        "spectrogram up to 8 kHz with {n} peaks",
        "8 kHz tak ka spectrogram, {n} peaks ke saath",
    ),
    "siamese.print.excerpt": ("excerpt", "tukda"),
    # sounds
    "siamese.sound.help": (
        "Give a sound; the class with the nearest prototype answers. Add classes of your own from a few clips: nothing is trained for that.",
        "Koi sound dijiye; jis class ka prototype sabse paas hai wahi jawab hai. Kuch clips se apni classes jodiye: uske liye kuch train nahi hota.",
    ),
    "siamese.sound.clip": ("A sound, 0.5 to 60 s", "Ek sound, 0.5 se 60 s"),
    "siamese.sound.class": ("Name of your class", "Aapki class ka naam"),
    "siamese.sound.files": ("A few clips of it", "Uski kuch clips"),
    "siamese.sound.add": ("Add the class", "Class jodiye"),
    "siamese.sound.clear": ("Forget my classes", "Meri classes bhool jaaiye"),
    "siamese.sound.example": ("Add bells and strings (synthetic)", "Bells aur strings jodiye (synthetic)"),
    "siamese.sound.said": (
        "**{label}**, {percent:.0f} %; cosine {cosine:.3f} to its prototype. The nearest class always answers, also where none fits.",
        "**{label}**, {percent:.0f} %; uske prototype se cosine {cosine:.3f}. Sabse paas ki class hamesha jawab deti hai, chahe koi fit na ho.",
    ),
    "siamese.sound.scores": ("Classes by nearness", "Classes, kitni paas hain"),
    "siamese.sound.mine": ("Your classes: {list}.", "Aapki classes: {list}."),
    "siamese.sound.confusion": (
        "Confusion over the four folds (rows: what it was; columns: what was said; of {n} clips {right} right)",
        "Chaaron folds ka confusion (rows: asal mein kya tha; columns: kya kaha; {n} clips mein se {right} sahi)",
    ),
    "siamese.sound.own": (
        "Your classes, each clip left out once (rows: what it is; columns: the nearest)",
        "Aapki classes, har clip ek baar bahar rakh kar (rows: kya hai; columns: sabse paas)",
    ),
    "siamese.sound.show": ("Show the confusion matrix", "Confusion matrix dikhaiye"),
    "siamese.name.voice": ("synthetic voice", "synthetic voice"),
    **{
        f"siamese.label.{english}": (english, hinglish)
        for english, hinglish in (
            ("dog bark", "kutte ka bhaunkna"),
            ("rain", "baarish"),
            ("sea waves", "samundar ki lehrein"),
            ("baby cry", "bachche ka rona"),
            ("clock tick", "ghadi ki tick tick"),
            ("person sneeze", "chheenk"),
            ("helicopter", "helicopter"),
            ("chainsaw", "chainsaw"),
            ("rooster", "murge ki baang"),
            ("fire crackling", "aag ki chat chat"),
            ("bells", "bells"),
            ("strings", "strings"),
        )
    },
}
