"""The words of the interface, English and Hinglish, and the one place where an error becomes a sentence.

A table of words maps a key to (English, Hinglish). A member's own words stand in its own file in a table named
``WORDS``; what several members say stands here. ``Speaker(WORDS)`` says any of them in the visitor's language.
"""

from collections.abc import Mapping

from lmdemo.errors import LmdemoError

LANGUAGES: Mapping[str, str] = {"en": "English", "hi-Latn": "Hinglish"}
Words = Mapping[str, tuple[str, str]]

COMMON: Words = {
    "title": ("lmdemo: the families of AI models, on your own input", "lmdemo: AI models ki families, aapke apne input pe"),
    "subtitle": (
        "Run them, look inside, see how they are built. Everything stays on the machine that runs this page.",
        "Inhe chalaiye, andar dekhiye, samajhiye ki yeh kaise bane hain. Sab kuch usi machine pe rehta hai jo yeh page chala rahi hai.",
    ),
    "language": ("Language", "Bhasha"),
    "tab.start": ("Start", "Start"),
    "tab.rnn": ("RNN", "RNN"),
    "tab.lstm": ("LSTM", "LSTM"),
    "tab.transformers": ("Transformers", "Transformers"),
    "tab.audio": ("Audio & speech", "Audio & speech"),
    "tab.vision": ("Vision", "Vision"),
    "tab.practice": ("Best practices", "Best practices"),
    "part.input": ("Input", "Input"),
    "part.result": ("Result", "Result"),
    "part.look": ("Look inside", "Andar dekhiye"),
    "part.explain": ("Explain", "Samjhiye"),
    "part.code": ("Code", "Code"),
    "part.proof": ("Proof", "Proof"),
    "source": ("Source", "Source"),
    "source.help": (
        "Whose network answers: ours, written from scratch, or a pretrained one from a hub.",
        "Jawab kaunsa network de: humara, jo scratch se likha hai, ya hub ka pretrained model.",
    ),
    "source.scratch": ("our network, our weights", "humara network, humare weights"),
    "source.hub-weights": ("our network, the hub's weights", "humara network, hub ke weights"),
    "source.hub": ("the hub's own model", "hub ka apna model"),
    "source.darknet": ("Darknet files through OpenCV", "Darknet files, OpenCV se"),
    "source.both": ("side by side", "dono saath mein"),
    "model": ("Model", "Model"),
    "examples": ("Examples: one click runs them", "Examples: ek click mein chal jaate hain"),
    "stop": ("Stop", "Rokiye"),
    "not_kept": (
        "Uploads and recordings are not kept, and they are not part of a copied link.",
        "Uploads aur recordings save nahi hote, aur copy kiye hue link mein bhi nahi jaate.",
    ),
    "copy_link": ("Copy link", "Link copy karein"),
    "copied": ("Link copied", "Link copy ho gaya"),
    "card.parameters": ("parameters", "parameters"),
    "card.megabytes": ("MB of weights", "MB weights"),
    "card.milliseconds": ("ms, the network alone", "ms, sirf network"),
    "card.device": ("device", "device"),
    "card.licence": ("licence", "licence"),
    "card.trained_on": ("trained on", "kis data pe train hua"),
    "card.answers": ("Answer", "Jawab"),
    "nothing_yet": (
        "Give an input, or click an example; the answer appears here.",
        "Input dijiye, ya kisi example pe click kijiye; jawab yahan dikhega.",
    ),
    "look_nothing": (
        "Once there is an answer, this shows how it came about.",
        "Jawab aane ke baad yahan dikhega ki woh kaise bana.",
    ),
    "code.layers": ("Layers, shapes and parameters", "Layers, shapes aur parameters"),
    "code.source": ("The source, read from the file", "Source code, file se padha hua"),
    "code.keras": ("The same network in Keras (a tested file)", "Wahi network Keras mein (tested file)"),
    "code.snippet": ("Repeat this result in Python", "Yahi result Python mein dohraiye"),
    "code.show": ("Show layers and source", "Layers aur source dikhaiye"),
    "code.layer": ("layer", "layer"),
    "code.kind": ("kind", "kind"),
    "code.shape": ("output shape", "output shape"),
    "code.parameters": ("parameters", "parameters"),
    "code.total": ("total", "total"),
    "proof.run": ("Run the check here", "Check yahin chalaiye"),
    "proof.intro": (
        "What our implementation is held against, measured on this machine when you press the button.",
        "Humara implementation kiske saath compare hota hai: button dabaiye, isi machine pe measure hoga.",
    ),
    "proof.ours": ("ours", "humara"),
    "proof.reference": ("reference", "reference"),
    "proof.difference": ("largest difference", "sabse bada difference"),
    "proof.tolerance": ("allowed", "allowed"),
    "proof.equal": ("equal", "barabar"),
    "proof.differs": ("differs", "alag"),
    "proof.took": ("{n} checks in {seconds:.1f} s, on {device}.", "{n} checks, {seconds:.1f} s mein, {device} pe."),
    "loading": ("Opening {name}", "{name} khul raha hai"),
    "downloading": (
        "Downloading {name}: {done:.1f} of {total:.1f} MB", "{name} download ho raha hai: {total:.1f} mein se {done:.1f} MB",
    ),
    "stopped": ("Stopped; what was downloaded is kept.", "Ruk gaya; jitna download hua woh rakha hua hai."),
    "query_ignored": (
        "Part of the link could not be used and was left out: {what}.",
        "Link ka ek hissa kaam nahi aaya, use chhod diya: {what}.",
    ),
    "unexpected": (
        "Something went wrong on our side. The log has it as {id}; your input is still here, please try again.",
        "Humari taraf kuch galat ho gaya. Log mein iska number {id} hai; aapka input yahin hai, phir se try kijiye.",
    ),
    "error.title": ("That did not work", "Yeh nahi ho paaya"),
    "error": ("{title}. Expected: {expected}. Got: {got}. {hint}", "{title}. Chahiye tha: {expected}. Mila: {got}. {hint}"),
}

# key -> (what is wrong in English, the same in Hinglish, what to do in Hinglish); the English hint comes with the error.
ERRORS: Mapping[str, tuple[str, str, str]] = {
    "unknown_model": ("There is no model of that name", "Is naam ka koi model nahi hai",
                      "List mein se koi naam lijiye."),
    "unknown_source": ("This model has no such source", "Is model ka aisa koi source nahi hai",
                       "Upar diye sources mein se ek chuniye."),
    "unknown_option": ("An option is not known", "Ek option pehchana nahi gaya", "Inmein se ek lijiye."),
    "unknown_split": ("There is no such part of the data", "Data ka aisa koi hissa nahi hai", "Inmein se ek lijiye."),
    "training_diverged": ("The training ran away", "Training bigad gayi",
                          "Learning rate kam kijiye, ya gradients ko chhote norm pe clip kijiye."),
    "checkpoint_differs": ("The checkpoint belongs to another training", "Yeh checkpoint kisi aur training ka hai",
                           "Wahi settings rakhiye, ya --restart se naye sire se shuru kijiye."),
    "weights_missing": ("A weights file is missing", "Weights ki ek file nahi mili",
                        "Project se folder dobara lijiye, ya model ko train kijiye."),
    "weights_damaged": ("A weights file is damaged", "Weights ki file kharab hai",
                        "Lagta hai file adhoori hai; use dobara copy ya download kijiye."),
    "weights_foreign": ("The weights belong to another network", "Yeh weights kisi aur network ke hain",
                        "Is config.json ke saath wale weights lijiye."),
    "unknown_choice": ("A choice is not known", "Yeh choice pehchani nahi gayi", "Inmein se ek lijiye."),
    "unknown_label": ("There is no such label", "Aisa koi label nahi hai", "Inmein se ek lijiye."),
    "unknown_device": ("There is no such device here", "Yahan aisa koi device nahi hai", "Jo device yahan hai woh lijiye, ya option hata dijiye."),
    "picture_type": ("This is not a picture in a form we know", "Yeh picture is form mein nahi chalegi", "Inmein se kisi form mein dijiye."),
    "picture_missing": ("There is no picture", "Koi picture nahi mili", "Pehle ek picture chuniye."),
    "picture_too_heavy": ("The file is too large", "File bahut badi hai", "Chhoti karke, ya JPEG mein save kijiye."),
    "picture_too_large": ("The picture has too many pixels", "Picture mein pixels bahut zyada hain", "Pehle use chhota kijiye."),
    "picture_too_small": ("The picture is too small", "Picture bahut chhoti hai", "Koi badi picture lijiye."),
    "picture_unknown": ("This file is not a picture that we can read", "Yeh file aisi picture nahi hai jo hum padh sakein",
                        "Koi photo ya drawing chuniye."),
    "picture_broken": ("The picture's file is damaged", "Picture ki file kharab hai", "Use phir se save ya send kijiye."),
    "picture_values": ("The picture's values are out of range", "Picture ke values range se bahar hain", "Pehle values ko scale kijiye."),
    "picture_empty": ("There is nothing on the picture", "Picture mein kuch nahi hai",
                      "Kuch draw kijiye, ya kisi cheez ki photo lijiye."),
    "drawing_empty": ("Nothing is drawn yet", "Abhi kuch draw nahi hua", "Pehle kuch draw kijiye."),
    "drawing_unknown": ("This is no drawing of our pad", "Yeh humare pad ki drawing nahi hai", "Phir se draw kijiye."),
    "shift_range": ("That is too far", "Itna door nahi khiska sakte", "Thoda kam khiskaiye."),
    "map_range": ("There is no such map or pixel", "Aisa koi map ya pixel nahi hai", "Koi aur map ya pixel chuniye."),
    "cnn_config": ("These sizes make no network", "In sizes se network nahi banta",
                   "Convolutions ya pooling kam kijiye, ya picture badi lijiye."),
    "data_layout": ("The data has another layout", "Data ka layout alag hai", "Folder mein sahi files rakhiye, ya dobara fetch kijiye."),
    "data_missing": ("The data is not there", "Data wahan nahi hai",
                     "--data se folder bataiye, ya use chhod dijiye, tab public source se aa jayega."),
}


class Speaker:
    """Says a phrase by its key in the visitor's language.

    Args:
        tables: Tables of words besides the common ones.
    """

    def __init__(self, *tables: Words) -> None:
        self.words: dict[str, tuple[str, str]] = dict(COMMON)
        for table in tables:
            self.words.update(table)

    def __call__(self, lang: str, key: str, **values: object) -> str:
        """The phrase ``key`` in ``lang`` (English where ``lang`` is unknown), with ``values`` filled in."""
        phrase = self.words[key][lang == "hi-Latn"]
        return phrase.format(**values) if values else phrase


say = Speaker()


def say_error(error: LmdemoError, lang: str) -> str:
    """An error as a sentence: what is wrong, what was expected, what came, what to do."""
    english, hinglish, hint = ERRORS.get(error.key, ("", "", error.hint))
    if lang != "hi-Latn":
        hint = error.hint
    title = hinglish if lang == "hi-Latn" else english
    return say(lang, "error", title=title, expected=error.expected, got=error.got, hint=hint)
