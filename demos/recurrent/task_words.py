"""The words of the tabs Translation, Speech and Forecasting, English and Hinglish."""

FORECAST: dict[str, tuple[str, str]] = {
    "way": ("Which network", "Kaunsa network"),
    "way.help": (
        "One that was trained on the oil of an electric transformer, hour by hour; or a small one that is trained on your series, here and now.",
        "Ek network electric transformer ke oil pe train hua hai, ghante ghante ka data; ya ek chhota network, jo abhi yahin aapki series pe train hoga.",
    ),
    "way.shipped": (
        "lstm-forecast: trained on 12 months of hours",
        "lstm-forecast: 12 mahine ke hourly data pe trained",
    ),
    "way.own": ("train a small one on this series", "isi series pe chhota network train karein"),
    "no_hub": (
        "No hub model, because transformers holds no forecaster of this small size to stand fairly beside it; straight methods stand beside it instead.",
        "Hub model nahi hai, kyunki transformers mein itna chhota forecaster nahi milta jise barabari se saath rakh sakein; uski jagah seedhe tareeke saath mein hain.",
    ),
    "example": ("Examples: one click runs them", "Examples: ek click mein chal jaate hain"),
    "example.hourly": ("oil, hourly", "oil, har ghante"),
    "example.monthly": ("passengers, monthly", "passengers, har mahine"),
    "example.daily": ("shop visitors, daily, days missing", "dukaan ke visitors, roz, kuch din gayab"),
    "example.chaos": ("chaos that follows a rule", "chaos, lekin rule ke saath"),
    "example.walk": ("random walk: nothing to learn", "random walk: seekhne ko kuch nahi"),
    "example.note": (
        "The examples were made by a program for this page. Real series: upload your own.",
        "Yeh examples is page ke liye program se banaye gaye hain. Asli series ke liye apni file upload kijiye.",
    ),
    "file": ("Your series as CSV", "Aapki series, CSV mein"),
    "file.help": (
        "A header line, one column of dates (or none) and one of numbers; 2 to 200,000 rows at even steps. Up to a tenth of the steps "
        "may be missing: they are filled along a straight line, and that is said.",
        "Pehli line header ho, ek column dates ka (ya na ho) aur ek numbers ka; 2 se 200,000 rows, barabar steps pe. Dasve hisse tak steps "
        "gayab ho sakte hain: unhe seedhi line se bhar diya jaata hai, aur yeh bataya jaata hai.",
    ),
    "column": ("Column of values", "Values ka column"),
    "horizon": ("Steps ahead", "Kitne step aage"),
    "season": ("Steps of one round", "Ek round mein kitne steps"),
    "season.help": (
        "24 hours, 7 days, 12 months … 0 finds it by itself.",
        "24 ghante, 7 din, 12 mahine … 0 rakhiye toh khud dhoond lega.",
    ),
    "run": ("Forecast", "Forecast karein"),
    "read": (
        "Read {n:,} values of “{name}”, one round has {season} steps{filled}.",
        "“{name}” ki {n:,} values padhi gayin, ek round {season} steps ka hai{filled}.",
    ),
    "filled": ("; {n} missing steps were filled along a straight line", "; {n} gayab steps seedhi line se bhare gaye"),
    "training": (
        "Training: step {step} of {steps}, {seconds:.1f} s.",
        "Training chal rahi hai: {steps} mein se step {step}, {seconds:.1f} s.",
    ),
    "stopped_training": (
        "Stopped; nothing was kept of this training.",
        "Ruk gaya; is training ka kuch nahi rakha gaya.",
    ),
    "said": (
        "In {steps} steps: **{mean}** (between {lower} and {upper}).",
        "{steps} steps baad: **{mean}** ({lower} aur {upper} ke beech).",
    ),
    "trained": ("Trained in {seconds:.1f} s, {steps} steps.", "{seconds:.1f} s mein train hua, {steps} steps."),
    "too_short_to_judge": (
        "The series is too short to keep its end for judging.",
        "Series itni lambi nahi ki uska aakhri hissa jaanch ke liye bachaya ja sake.",
    ),
    "not_hours": (
        "This network knows hours; your steps are {step}. Take “train a small one” for a fair try.",
        "Yeh network ghanton ka data jaanta hai; aapke steps {step} ke hain. Sahi try ke liye “chhota network train karein” chuniye.",
    ),
    "chart.title": ("{name}: past and forecast", "{name}: ab tak, aur forecast"),
    "held.title": (
        "The last {n} steps, hidden from the network, and what each method foresaw",
        "Aakhri {n} steps, network se chhupaye hue, aur har tareeke ne kya socha tha",
    ),
    "chart.x": ("time", "samay"),
    "chart.x.position": ("position", "position"),
    "chart.y": ("{name}, in the series' own unit", "{name}, series ki apni unit mein"),
    "series.truth": ("the series", "series"),
    "series.lstm": ("our LSTM", "humara LSTM"),
    "series.naive": ("naive: as now", "naive: jaisa abhi hai"),
    "series.seasonal": ("seasonal naive: as one round ago", "seasonal naive: jaisa pichhle round mein tha"),
    "series.nlinear": ("NLinear, ridge", "NLinear, ridge"),
    "series.linear": ("linear part alone", "sirf linear hissa"),
    "series.interval": ("interval", "interval"),
    "view.now": ("known up to here", "yahan tak pata hai"),
    "view.keys": (
        "Point at the chart, or use arrow keys, to read its values.",
        "Values padhne ke liye chart pe pointer laiye, ya arrow keys dabaiye.",
    ),
    "view.numbers": ("These numbers as a table", "Yahi numbers table mein"),
    "errors.title": (
        "Errors on the hidden end, in the series' unit (less is better)",
        "Chhupaye hue hisse pe errors, series ki unit mein (kam behtar hai)",
    ),
    "errors.who": ("method", "tareeka"),
    "errors.mae": ("mean absolute error", "mean absolute error"),
    "errors.rmse": ("root mean square error", "root mean square error"),
    "errors.best": (
        "Least error here: **{best}**. The interval, meant to hold 80 %, held {percent:.0f} % of these values.",
        "Yahan sabse kam error: **{best}**. Interval ko 80 % values pakadni thi, usne {percent:.0f} % pakdi.",
    ),
    "errors.one": (
        "One end of one series says little: another end may turn the order around.",
        "Ek series ka ek hissa bahut kam batata hai: kisi aur hisse pe order ulta ho sakta hai.",
    ),
    "loss.title": ("Training, live", "Training, live"),
    "loss.x": ("step", "step"),
    "loss.y": ("loss (scaled units)", "loss (scaled units)"),
    "loss.train": ("training loss", "training loss"),
    "loss.held": ("squared error on the hidden end", "chhupaye hue hisse pe squared error"),
    "inside.parts": (
        "### Two parts make the forecast\nA straight linear forecast, and what the LSTM adds to it. The dashed line is the forecast with the LSTM switched off.",
        "### Forecast do hisson se banta hai\nEk seedha linear forecast, aur uspe LSTM jo jodta hai. Dashed line woh forecast hai jismein LSTM band kar diya gaya.",
    ),
    "inside.title": ("With and without the LSTM", "LSTM ke saath aur uske bina"),
    "inside.changes": (
        "Switching the LSTM off moves the forecast by {mean} on average, at most by {most}.",
        "LSTM band karne se forecast average mein {mean} badalta hai, zyada se zyada {most}.",
    ),
    "inside.sum": (
        "### One number, written out\nThe forecast of one step is the last value, plus weighted differences of the past from it, plus the LSTM's correction.",
        "### Ek number ka poora hisaab\nEk step ka forecast matlab aakhri value, plus past ke differences weights ke saath, plus LSTM ki correction.",
    ),
    "inside.step": ("Which step ahead", "Kaunsa step aage"),
    "sum.title": ("Step {step} ahead", "{step} step aage"),
    "sum.what": ("part", "hissa"),
    "sum.difference": ("difference from the last value", "aakhri value se difference"),
    "sum.weight": ("weight", "weight"),
    "sum.product": ("product", "product"),
    "sum.last": ("the last value", "aakhri value"),
    "sum.back": ("{n} steps before it", "usse {n} steps pehle"),
    "sum.rest": ("all other products and the bias", "baaki saare products aur bias"),
    "sum.correction": ("what the LSTM adds", "LSTM jo jodta hai"),
    "sum.total": ("sum: the forecast", "jod: forecast"),
    "inside.gates": (
        "### What the LSTM does while it reads\nIt reads the past in patches of {patch} values. Choose a gate, then a cell of the map.",
        "### Padhte waqt LSTM kya karta hai\nWoh past ko {patch} values ke patches mein padhta hai. Pehle gate chuniye, phir map ka koi cell.",
    ),
    "gates.title": ("Units over patches of the past", "Past ke patches pe units"),
    "gate.input": ("input gate", "input gate"),
    "gate.forget": ("forget gate", "forget gate"),
    "gate.output": ("output gate", "output gate"),
    "gate.candidate": ("candidate", "candidate"),
    "gate.cell": ("cell", "cell"),
    "gate.state": ("state", "state"),
    "figures.title": (
        "lstm-forecast on ETTh1, validation rows, {n} windows",
        "lstm-forecast, ETTh1 ke validation rows pe, {n} windows",
    ),
    "figures.who": ("method", "tareeka"),
    "metric.mse": ("mean squared error (scaled; less is better)", "mean squared error (scaled; kam behtar hai)"),
    "baseline.naive": ("naive", "naive"),
    "baseline.seasonal naive, 24 h": ("seasonal naive, 24 h", "seasonal naive, 24 ghante"),
    "baseline.NLinear, ridge": ("NLinear, ridge", "NLinear, ridge"),
    "figures.note": (
        "Nearly the whole of it is the linear part: the LSTM's gain over NLinear is small, and on the test rows there is none. The interval "
        "is meant to hold 80 %; it held 87 % here and 95 % on the test rows, because those months were calmer than the ones it learnt from.",
        "Isme zyada kaam linear hissa hi karta hai: NLinear pe LSTM ka fayda chhota hai, aur test rows pe bilkul nahi. Interval ko 80 % pakadna "
        "tha; yahan 87 % pakda aur test rows pe 95 %, kyunki woh mahine training wale mahinon se shaant the.",
    ),
}

TRANSLATION: dict[str, tuple[str, str]] = {
    "model.lstm-translation": ("English to German (lstm-translation)", "English se German (lstm-translation)"),
    "model.lstm-translation-hindi": (
        "English to Hindi (lstm-translation-hindi)",
        "English se Hindi (lstm-translation-hindi)",
    ),
    "no_hub.lstm-translation-hindi": (
        "No hub model, because none for English-Hindi of a size to stand beside ours was pinned and checked. Two thousand sentence pairs are far "
        "too few to translate: this network shows how much data translation takes.",
        "Hub model nahi hai, kyunki English-Hindi ka aisa koi model pin aur check nahi kiya gaya jo size mein humare saath rakha ja sake. Do hazaar "
        "sentence pairs translation ke liye bahut kam hain: yeh network dikhata hai ki translation ko kitna data chahiye.",
    ),
    "text.label": ("A sentence in English", "English mein ek sentence"),
    "text.info": (
        "The translation follows while you type; up to 1,000 characters.",
        "Type karte jaiye, translation saath aata hai; 1,000 characters tak.",
    ),
    "beams": ("Beam: beginnings kept at each step", "Beam: har step pe kitni shuruaatein rakhi jaayein"),
    "beams.info": ("1 takes the likeliest piece every time.", "1 matlab har baar sabse zyada chance wala tukda."),
    "attend": ("Attention switched on", "Attention chalu"),
    "attend.info": (
        "Off, every step sees the mean of all words instead of choosing where to look.",
        "Band karne pe har step saare words ka average dekhta hai, chunta nahi ki kahan dekhe.",
    ),
    "said": ("{source}: **{text}**", "{source}: **{text}**"),
    "nothing_said": (
        "(nothing: the end was likelier than any word)",
        "(kuch nahi: kisi bhi word se zyada chance khatam hone ka tha)",
    ),
    "unknown": (
        "Never met in training: {words}. Such words are spelt from pieces and often go wrong.",
        "Training mein kabhi nahi mile: {words}. Aise words tukdon se bante hain aur aksar galat ho jaate hain.",
    ),
    "unknown.one": ("{word} (read as {pieces})", "{word} ({pieces} padha gaya)"),
    "no_answer": (
        "No answer this time; below is why, and what to do.",
        "Is baar jawab nahi mila; neeche dekhiye kyun, aur ab kya karein.",
    ),
    "figures.title": ("{model} on {n} held-out sentences", "{model}, {n} held-out sentences pe"),
    "figures.who": ("method", "tareeka"),
    "metric.bleu": ("BLEU (more is better)", "BLEU (zyada behtar hai)"),
    "metric.chrf": ("chrF (more is better)", "chrF (zyada behtar hai)"),
    "baseline.word-for-word table": ("word for word, by a table", "ek ek word, table se"),
    "figures.why": (
        "By chrF, which counts letters in common, the table is slightly ahead: it gives each word its commonest partner. The network writes fluent "
        "sentences that often mean something else; two thousand pairs teach it no more.",
        "chrF, jo common letters ginta hai, usmein table thodi aage hai: woh har word ka sabse aam saathi de deti hai. Network sentence toh saaf likhta hai, lekin "
        "matlab aksar kuch aur hota hai; do hazaar pairs se itna hi seekha.",
    ),
    "inside.alignment": (
        "### Where it looked\nEach row is a written piece, each column a read one; the darker, the more it looked there. Choose a cell: both "
        "sentences light up, and the number is written out below.",
        "### Usne kahan dekha\nHar row ek likha hua tukda hai, har column ek padha hua; jitna gehra, utna zyada wahan dekha. Koi cell chuniye: dono "
        "sentences roshan honge, aur neeche us number ka hisaab dikhega.",
    ),
    "alignment.title": ("{source}: written pieces over read ones", "{source}: likhe tukde, padhe tukdon ke upar"),
    "view.alignment.read": ("read", "padha"),
    "view.alignment.written": ("written", "likha"),
    "view.alignment.keys": ("Arrow keys move through the cells.", "Arrow keys se cells badaliye."),
    "view.alignment.said": (
        "While writing “{target}” it looked at {list}. On “{source}”: {percent} %.",
        "“{target}” likhte waqt usne yahan dekha: {list}. “{source}” pe: {percent} %.",
    ),
    "view.alignment.scale": (
        "White is 0 %, the darkest colour 85 % and more. ⏎ is the end of the sentence. A dotted line: the word never occurred in training.",
        "Safed matlab 0 %, sabse gehra rang 85 % ya zyada. ⏎ sentence ka ant hai. Dotted line: yeh word training mein kabhi nahi aaya.",
    ),
    "look.title": ("“{target}” looking at “{source}”", "“{target}” ki nazar “{source}” pe"),
    "look.unit": ("unit", "unit"),
    "look.asked": ("what is asked for", "kya poocha gaya"),
    "look.there": ("what stands there", "wahan kya hai"),
    "look.product": ("product", "product"),
    "look.rest": ("all other units", "baaki saare units"),
    "look.score": ("sum: the score", "jod: score"),
    "look.share": (
        "Softmax makes shares of the scores of all {n} read pieces: e^{score} / {total} = {percent} %.",
        "Saare {n} padhe tukdon ke scores ka softmax hissa banata hai: e^{score} / {total} = {percent} %.",
    ),
    "inside.beam": (
        "### The beam as a tree\nFrom left to right the sentence grows. Of all continuations only the likeliest are kept; dropped ones are not drawn. The thick "
        "line won.",
        "### Beam, ped ki tarah\nSentence baayein se daayein badhta hai. Har baar sirf sabse zyada chance wali shuruaatein rakhi jaati hain; chhodi hui nahi dikhtin. Moti line "
        "jeeti.",
    ),
    "beam.title": (
        "Beginnings that were kept, with their log-probabilities",
        "Rakhi hui shuruaatein, log-probability ke saath",
    ),
    "view.beam.keys": ("Arrow keys move through the tree.", "Arrow keys se ped mein ghoomiye."),
    "view.beam.end": ("⏎ end", "⏎ ant"),
    "view.beam.empty": ("(nothing)", "(kuch nahi)"),
    "view.beam.beginning": (
        "“{text}” · log-probability {score}, that is {percent} %",
        "“{text}” · log-probability {score}, yani {percent} %",
    ),
    "view.beam.ending": (
        "Finished: “{text}” · log-probability {score}, divided by ({pieces} + 1)^0.8: {ending}",
        "Poora: “{text}” · log-probability {score}, ({pieces} + 1)^0.8 se divide karke: {ending}",
    ),
    "view.beam.explain": (
        "Finished sentences are compared by log-probability / (pieces + 1)^0.8, or short ones would always win. Closer to zero is better.",
        "Poore sentences log-probability / (tukde + 1)^0.8 se compare hote hain, warna chhote hamesha jeet jaate. Zero ke jitna paas, utna behtar.",
    ),
    "view.beam.finished": ("Finished sentences, best first", "Poore sentences, sabse achha pehle"),
    "view.beam.none": ("None was finished within the limit.", "Limit ke andar koi poora nahi hua."),
}

SPEECH: dict[str, tuple[str, str]] = {
    "clip": ("Record or upload a clip, 0.2 to 30 seconds", "Clip record ya upload kijiye, 0.2 se 30 seconds"),
    "example": ("Examples: one click runs them", "Examples: ek click mein chal jaate hain"),
    "example.one-two-three": ("“one two three”", "“one two three”"),
    "example.enter-sixty-four": ("“enter sixty four”", "“enter sixty four”"),
    "example.repeat": ("“repeat”", "“repeat”"),
    "example.help": ("“help”", "“help”"),
    "example.spelt": ("“m a r y”, spelt: here it stumbles", "“m a r y”, spelling: yahan woh atakta hai"),
    "example.note": (
        "The examples were spoken by a synthesiser (Flite, voices rms and slt), not by people; the network only ever heard people. Your own voice is the better test.",
        "Yeh examples synthesiser (Flite, awaazein rms aur slt) ne bole hain, insaan ne nahi; network ne sirf insaan sune hain. Apni awaaz behtar test hai.",
    ),
    "read": ("### Read one of these aloud", "### Inmein se kuch bolkar sunaiye"),
    "read.help": (
        "Short pauses between words help. A plain “six” is six; “s i x” is spelt letter by letter.",
        "Words ke beech thoda rukna madad karta hai. Seedha “six” matlab six; “s i x” letter letter spell kiya hua.",
    ),
    "words": ("All {n} words it knows", "Saare {n} words jo yeh jaanta hai"),
    "beams": ("Beam: texts kept while reading", "Beam: padhte waqt kitne text rakhe jaayein"),
    "beams.info": (
        "1 is greedy: the likeliest letter at every step.",
        "1 matlab greedy: har step pe sabse zyada chance wala letter.",
    ),
    "word_model": ("Ask which words follow which", "Poochein ki kaunsa word kiske baad aata hai"),
    "word_model.info": (
        "The word model was counted in the training's texts.",
        "Word model training ke texts mein gin kar bana hai.",
    ),
    "run": ("Listen", "Sunein"),
    "said": ("{source}: **{text}**", "{source}: **{text}**"),
    "greedy": ("greedy, without beam: {text}", "greedy, bina beam: {text}"),
    "nothing_said": ("(nothing was heard)", "(kuch sunai nahi diya)"),
    "strange": (
        "Some words are not among those it knows: {words}.",
        "Kuch words uske jaane hue words mein nahi hain: {words}.",
    ),
    "no_answer": (
        "No answer this time; below is why, and what to do.",
        "Is baar jawab nahi mila; neeche dekhiye kyun, aur ab kya karein.",
    ),
    "figures.title": (
        "{model}, {n} clips of 8 speakers it never heard",
        "{model}, {n} clips, 8 log jinhe usne kabhi nahi suna",
    ),
    "figures.who": ("method", "tareeka"),
    "metric.word_error_rate": ("word error rate (less is better)", "word error rate (kam behtar hai)"),
    "baseline.most frequent sentence": ("always the most frequent sentence", "hamesha sabse aam sentence"),
    "inside.path": (
        "### From sound to letters\nAbove, the spectrogram: time to the right, high tones on top. Below it, how probable each letter is, step by step. Choose a cell: "
        "its number is written out below.",
        "### Awaaz se letters tak\nUpar spectrogram: samay daayein taraf, oonche sur upar. Uske neeche har step pe har letter ki probability. Koi cell chuniye: "
        "neeche uska hisaab dikhega.",
    ),
    "path.title": ("{source}: letters over time", "{source}: samay ke saath letters"),
    "view.path": ("path", "path"),
    "view.blank": ("blank", "blank"),
    "view.space": ("space", "space"),
    "view.spectrogram": ("Log-mel spectrogram of the clip", "Clip ka log-mel spectrogram"),
    "view.keys": ("Arrow keys move through steps and letters.", "Arrow keys se steps aur letters badaliye."),
    "view.said": (
        "{seconds} s: {list}. Chosen: {letter}, {percent} %.",
        "{seconds} s: {list}. Chuna hua: {letter}, {percent} %.",
    ),
    "view.scale": (
        "White is 0 %, full colour 100 %. – is the blank, ␣ the space. Letters that never reach 2 % are left out.",
        "Safed matlab 0 %, poora rang 100 %. – blank hai, ␣ space. Jo letters kabhi 2 % tak nahi pahunchte woh nahi dikhte.",
    ),
    "view.runs": (
        "From path to text, 1: the likeliest letter at each step, in runs",
        "Path se text tak, 1: har step ka sabse zyada chance wala letter, ek jaise saath mein",
    ),
    "view.merged": ("2: repeats fall together", "2: repeats mil jaate hain"),
    "view.dropped": ("3: blanks drop out", "3: blanks hat jaate hain"),
    "view.nothing": ("(nothing)", "(kuch nahi)"),
    "letter.title": ("{letter} at {seconds:.2f} s", "{letter}, {seconds:.2f} s pe"),
    "letter.unit": ("unit of the top layer", "sabse upar wali layer ki unit"),
    "letter.state": ("state", "state"),
    "letter.weight": ("weight", "weight"),
    "letter.product": ("product", "product"),
    "letter.forwards": ("{n}, reads forwards", "{n}, aage ki taraf"),
    "letter.backwards": ("{n}, reads backwards", "{n}, peeche ki taraf"),
    "letter.rest": ("all other units and the bias", "baaki saari units aur bias"),
    "letter.sum": ("sum: the logit", "jod: logit"),
    "letter.share": (
        "Softmax over all {n} letters: e^{logit} / {total} = {percent} %.",
        "Saare {n} letters pe softmax: e^{logit} / {total} = {percent} %.",
    ),
    "beams.title": ("What the beam kept in the end, best first", "Ant mein beam ne kya rakha, sabse achha pehle"),
    "beams.text": ("text", "text"),
    "beams.score": ("score: nats of sound and word model", "score: awaaz aur word model ke nats"),
}
