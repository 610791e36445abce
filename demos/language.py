"""The words of the interface, English and Hinglish, and the one place where an error becomes a sentence.

A table of words maps a key to (English, Hinglish). A member's own words stand in its own file in a table named
``WORDS``; what several members say stands here. ``Speaker(WORDS)`` says any of them in the visitor's language.
"""

from collections.abc import Mapping

from lmdemo.errors import LmdemoError

LANGUAGES: Mapping[str, str] = {"en": "English", "hi-Latn": "Hinglish"}
Words = Mapping[str, tuple[str, str]]

COMMON: Words = {
    "title": (
        "lmdemo: the families of AI models, on your own input",
        "lmdemo: AI models ki families, aapke apne input pe",
    ),
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
    "member.cnn": ("CNN", "CNN"),
    "member.yolo": ("YOLO", "YOLO"),
    "member.transformer": ("Encoder", "Encoder"),
    "member.bert": ("BERT", "BERT"),
    "member.gpt": ("GPT", "GPT"),
    "member.siamese": ("Siamese", "Siamese"),
    "member.lstm": ("Text", "Text"),
    "member.lstm-translation": ("Translation", "Translation"),
    "member.lstm-speech": ("Speech", "Speech"),
    "member.lstm-forecast": ("Forecasting", "Forecasting"),
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
        "Uploads and recordings are deleted within an hour, and they are not part of a copied link.",
        "Uploads aur recordings ek ghante ke andar delete ho jaate hain, aur copy kiye hue link mein nahi jaate.",
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
        "Downloading {name}: {done:.1f} of {total:.1f} MB",
        "{name} download ho raha hai: {total:.1f} mein se {done:.1f} MB",
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
    "too_often": (
        "That was more than {n} requests in {seconds} seconds. Please wait a moment; others use this page too.",
        "{seconds} seconds mein {n} se zyada requests ho gaye. Thoda rukiye; yeh page aur log bhi chala rahe hain.",
    ),
    "error.title": ("That did not work", "Yeh nahi ho paaya"),
    "error": (
        "{title}. Expected: {expected}. Got: {got}. {hint}",
        "{title}. Chahiye tha: {expected}. Mila: {got}. {hint}",
    ),
}

# key -> (what is wrong in English, the same in Hinglish, what to do in Hinglish); the English hint comes with the error.
ERRORS: Mapping[str, tuple[str, str, str]] = {
    "unknown_model": (
        "There is no model of that name",
        "Is naam ka koi model nahi hai",
        "List mein se koi naam lijiye.",
    ),
    "unknown_source": (
        "This model has no such source",
        "Is model ka aisa koi source nahi hai",
        "Upar diye sources mein se ek chuniye.",
    ),
    "unknown_option": ("An option is not known", "Ek option pehchana nahi gaya", "Inmein se ek lijiye."),
    "not_a_number": ("This is not a number", "Yeh number nahi hai", "Ek number dijiye."),
    "not_whole": ("This is not a whole number", "Yeh poora number nahi hai", "Poora number dijiye."),
    "number_range": ("The number is out of range", "Number range se bahar hai", "Is range ka number dijiye."),
    "unknown_split": ("There is no such part of the data", "Data ka aisa koi hissa nahi hai", "Inmein se ek lijiye."),
    "training_diverged": (
        "The training ran away",
        "Training bigad gayi",
        "Learning rate kam kijiye, ya gradients ko chhote norm pe clip kijiye.",
    ),
    "checkpoint_differs": (
        "The checkpoint belongs to another training",
        "Yeh checkpoint kisi aur training ka hai",
        "Wahi settings rakhiye, ya --restart se naye sire se shuru kijiye.",
    ),
    "weights_missing": (
        "A weights file is missing",
        "Weights ki ek file nahi mili",
        "Project se folder dobara lijiye, ya model ko train kijiye.",
    ),
    "weights_damaged": (
        "A weights file is damaged",
        "Weights ki file kharab hai",
        "Lagta hai file adhoori hai; use dobara copy ya download kijiye.",
    ),
    "weights_foreign": (
        "The weights belong to another network",
        "Yeh weights kisi aur network ke hain",
        "Is config.json ke saath wale weights lijiye.",
    ),
    "memory_short": (
        "There is not enough memory",
        "Memory kam hai",
        "Thoda rukiye, chhota model lijiye, ya LMDEMO_MEMORY badhaiye.",
    ),
    "download_stopped": (
        "The download was stopped",
        "Download roka gaya",
        "Aage badhne ke liye phir se chuniye; jitna aaya woh rakha hai.",
    ),
    "bad_memory_option": (
        "The memory limit can't be read",
        "Memory limit samajh nahi aayi",
        "LMDEMO_MEMORY mein number likhiye, phir MB ya GB.",
    ),
    "bad_threads_option": (
        "The number of threads can't be read",
        "Threads ka number samajh nahi aaya",
        "LMDEMO_THREADS mein ek number likhiye.",
    ),
    "source_not_offered": (
        "This model can't be had from that source",
        "Yeh model us source se nahi milta",
        "Koi aur source chuniye.",
    ),
    "not_a_model_folder": (
        "This folder holds no model",
        "Is folder mein koi model nahi hai",
        "Woh folder bataiye jo train ya export ne likha, ya list mein se koi model.",
    ),
    "no_hub_model": (
        "There is no pretrained counterpart",
        "Iska koi pretrained model nahi hai",
        "Humare apne weights lijiye.",
    ),
    "darknet_folder_missing": (
        "The Darknet files are not named",
        "Darknet files ka folder nahi bataya",
        "Start karte waqt --darknet se folder bataiye.",
    ),
    "file_missing": ("There is no file", "Koi file nahi hai", "Pehle ek file ya example chuniye."),
    "season_range": (
        "The round is out of range",
        "Ek round ke steps range se bahar hain",
        "Ek round ke steps likhiye, ya 0 rakhiye, tab khud dhoond lenge.",
    ),
    "horizon_range": (
        "The step ahead is out of range",
        "Kitne step aage, yeh range se bahar hai",
        "Range ke andar ki value chuniye.",
    ),
    "series_too_short": (
        "The series is too short",
        "Series bahut chhoti hai",
        "Lambi series dijiye, kam steps forecast karein, ya isi series pe chhota network train karein.",
    ),
    "series_length": (
        "The series has the wrong length",
        "Series ki lambai sahi nahi hai",
        "Itni lambi series dijiye; zyada lambi ho toh pehle average kijiye.",
    ),
    "series_column": ("There is no such column", "Aisa koi column nahi hai", "Inmein se ek lijiye."),
    "series_no_numbers": (
        "No column holds numbers",
        "Kisi column mein numbers nahi hain",
        "Ek column mein numbers hone chahiye, decimal point ke saath.",
    ),
    "series_text": ("There is text among the numbers", "Numbers ke beech text hai", "Is row ka number theek kijiye."),
    "series_date": ("A date can't be read", "Ek date samajh nahi aayi", "Is row ki date theek kijiye."),
    "series_date_twice": ("A date comes twice", "Ek date do baar hai", "Har date ki ek hi value rakhiye."),
    "series_gaps": (
        "Too many values are missing",
        "Bahut saari values gayab hain",
        "Unhe bhariye, ya bina gap wala hissa dijiye.",
    ),
    "series_uneven": ("The steps are uneven", "Steps barabar nahi hain", "Series ko barabar steps pe laiye."),
    "series_not_a_number": ("A value is not a number", "Ek value number nahi hai", "Is value ko bhariye ya hataiye."),
    "series_not_numbers": ("These are not numbers", "Yeh numbers nahi hain", "Sirf numbers dijiye."),
    "series_not_csv": (
        "This is not a CSV table",
        "Yeh CSV table nahi hai",
        "Header ke saath CSV save kijiye, ek date aur ek value column.",
    ),
    "audio_broken": ("The recording is damaged", "Recording kharab hai", "Phir se record kijiye."),
    "audio_silent": (
        "Nothing can be heard",
        "Kuch sunai nahi de raha",
        "Microphone check kijiye aur thoda zor se boliye.",
    ),
    "audio_rate": (
        "The sampling rate is too low",
        "Sampling rate bahut kam hai",
        "16,000 Hz ya zyada pe record kijiye.",
    ),
    "audio_channels": (
        "The clip has too many channels",
        "Clip mein channels zyada hain",
        "Ek channel mein mix kijiye.",
    ),
    "audio_length": ("The clip has the wrong length", "Clip ki lambai sahi nahi hai", "Itni lambi clip dijiye."),
    "audio_not_readable": (
        "This file is not sound that we can read",
        "Yeh file aisi audio nahi hai jo hum padh sakein",
        "Recording inmein se kisi format mein save kijiye.",
    ),
    "audio_type": ("This is not a recording", "Yeh recording nahi hai", "Kuch record kijiye ya file chuniye."),
    "video_missing": ("There is no video", "Koi video nahi mila", "Pehle video chuniye."),
    "video_unknown": (
        "This file is not a video that we can read",
        "Yeh file aisa video nahi hai jo hum padh sakein",
        "MP4 mein save kijiye.",
    ),
    "video_too_long": ("The video is too long", "Video bahut lamba hai", "Chhota hissa kaat kar dijiye."),
    "video_empty": ("The video holds no picture", "Video mein koi picture nahi hai", "Phir se record kijiye."),
    "video_broken": ("The video's file is damaged", "Video ki file kharab hai", "Use phir se save ya send kijiye."),
    "text_type": ("This is not text", "Yeh text nahi hai", "Text dijiye."),
    "text_too_long": ("The text is too long", "Text bahut lamba hai", "Iska chhota hissa dijiye."),
    "text_too_many_words": (
        "The sentence has too many words",
        "Sentence mein words zyada hain",
        "Ek baar mein ek sentence dijiye.",
    ),
    "text_control": (
        "The text holds a control character",
        "Text mein control character hai",
        "Use hata dijiye; aksar binary file se copy ho jaata hai.",
    ),
    "text_empty": ("There is no text", "Koi text nahi hai", "Pehle kuch likhiye."),
    "text_no_letters": ("There are no words in it", "Ismein koi word nahi hai", "Kam se kam ek word likhiye."),
    "text_unknown": (
        "None of these words is known",
        "Inmein se koi word pehchana nahi gaya",
        "Latin letters aur aam words mein likhiye.",
    ),
    "text_unknown_characters": (
        "Some characters are not known",
        "Kuch characters pehchane nahi gaye",
        "In characters ko hata dijiye.",
    ),
    "mask_missing": (
        "No word is hidden",
        "Koi word chhupa nahi hai",
        "Kisi word pe click karke chhupaiye, ya uski jagah [MASK] likhiye.",
    ),
    "mask_beyond": (
        "The mask stands beyond what the network reads",
        "Mask us hisse se aage hai jo network padhta hai",
        "Text ka chhota hissa dijiye.",
    ),
    "no_such_head": ("There is no such head", "Aisa koi head nahi hai", "Woh block aur head chuniye jo hai."),
    "data_damaged": ("A data file is damaged", "Data ki file kharab hai", "Use dobara copy ya download kijiye."),
    "max_new_tokens_range": (
        "That many can't be written at once",
        "Ek baar mein itna nahi likh sakte",
        "Range ke andar ki value chuniye.",
    ),
    "temperature_range": (
        "The temperature is out of range",
        "Temperature range se bahar hai",
        "Range ke andar ki value chuniye.",
    ),
    "top_k_range": ("Top-k is out of range", "Top-k range se bahar hai", "Range ke andar ki value chuniye."),
    "top_p_range": ("Top-p is out of range", "Top-p range se bahar hai", "0 se 1 tak ka number dijiye."),
    "seed_range": ("The seed is no whole number", "Seed poora number nahi hai", "Koi poora number dijiye."),
    "continuations_range": (
        "There can't be that many continuations",
        "Itne continuations nahi ho sakte",
        "Range ke andar ki value chuniye.",
    ),
    "switch_not_offered": (
        "Nothing can be switched off in this network",
        "Is network mein kuch band nahi kar sakte",
        "Humare apne network mein parts band ho sakte hain; woh lijiye.",
    ),
    "num_beams_range": ("The beam is out of range", "Beam range se bahar hai", "Range ke andar ki value chuniye."),
    "threshold_range": (
        "The threshold is out of range",
        "Threshold range se bahar hai",
        "0 se 1 tak ka number dijiye.",
    ),
    "two_clips": ("Two clips are needed", "Do clips chahiye", "Do clips record kijiye ya chuniye."),
    "cosine_range": ("The threshold is out of range", "Threshold range se bahar hai", "-1 se 1 tak ka number dijiye."),
    "clips_missing": ("There is no clip", "Koi clip nahi hai", "Kam se kam ek clip record kijiye."),
    "clips_many": (
        "These are too many clips",
        "Clips bahut zyada hain",
        "Kam clips enrol kijiye, ya sab bhool kar phir se shuru kijiye.",
    ),
    "name_missing": ("There is no name, or it is too long", "Naam nahi hai, ya bahut lamba hai", "Pehle naam likhiye."),
    "nobody_enrolled": ("Nobody is enrolled yet", "Abhi koi enrol nahi hua", "Pehle kisi ko enrol kijiye."),
    "checksum": (
        "The file is not the one that was pinned",
        "Yeh woh file nahi hai jo pin ki gayi thi",
        "File hata kar dobara fetch kijiye.",
    ),
    "step_range": (
        "There is no such step",
        "Aisa koi step nahi hai",
        "Jo word, unit aur layer hai, usmein se chuniye.",
    ),
    "unknown_gate": (
        "There is no such gate",
        "Aisa koi gate nahi hai",
        "Gates sirf LSTM mein hain: input, forget, output.",
    ),
    "position_range": ("There is no such position", "Aisi koi position nahi hai", "Thoda baad wala character chuniye."),
    "hub_unreachable": (
        "The hub can't be reached",
        "Hub tak nahi pahunch paaye",
        "Network on karke phir se try kijiye, ya humara apna model lijiye.",
    ),
    "hub_offline": (
        "The model is not on this machine, and the network is off",
        "Model is machine pe nahi hai, aur network band hai",
        "Jahan network ho wahan ek baar fetch kijiye, ya humara apna model lijiye.",
    ),
    "hub_refused": (
        "The hub does not hand this model out",
        "Hub yeh model nahi de raha",
        "Thodi der baad try kijiye, ya humara apna model lijiye.",
    ),
    "hub_gated": (
        "The hub hands this model out with an access token only",
        "Hub yeh model sirf access token ke saath deta hai",
        "Yeh program koi token nahi bhejta: `hf download` se wahi revision laaiye, uska cache yahan kaam aata hai, ya humara apna "
        "model lijiye.",
    ),
    "hub_file": (
        "A downloaded file is not what was announced",
        "Download hui file waisi nahi hai jaisi batayi gayi thi",
        "Phir se try kijiye; kharab file hata di gayi hai.",
    ),
    "folder_not_writable": (
        "The folder can't be written",
        "Folder mein likh nahi sakte",
        "LMDEMO_HUB_DIR se koi aur folder bataiye.",
    ),
    "darknet_files": (
        "The Darknet folder is not whole",
        "Darknet ka folder poora nahi hai",
        "Ek hi folder mein ek cfg, ek weights aur ek names file rakhiye.",
    ),
    "darknet_bytes": (
        "The Darknet weights have the wrong size",
        "Darknet weights ka size sahi nahi hai",
        "File adhoori hai ya kisi aur cfg ki hai; dono dobara download kijiye.",
    ),
    "darknet_labels": (
        "The Darknet names do not fit",
        "Darknet ke names is cfg ke nahi hain",
        "Isi cfg wali names file lijiye.",
    ),
    "darknet_cfg": (
        "The Darknet cfg can't be read",
        "Darknet ka cfg padha nahi gaya",
        "yolov3 ya yolov3-tiny ka cfg lijiye.",
    ),
    "disk_full": (
        "The disk is full",
        "Disk bhar gayi hai",
        "Jagah khaali kijiye, ya LMDEMO_HUB_DIR se koi aur folder bataiye.",
    ),
    "unknown_data": (
        "There is no data set of that name",
        "Is naam ka koi data set nahi hai",
        "--data se folder bataiye.",
    ),
    "unknown_choice": ("A choice is not known", "Yeh choice pehchani nahi gayi", "Inmein se ek lijiye."),
    "unknown_label": ("There is no such label", "Aisa koi label nahi hai", "Inmein se ek lijiye."),
    "unknown_device": (
        "There is no such device here",
        "Yahan aisa koi device nahi hai",
        "Jo device yahan hai woh lijiye, ya option hata dijiye.",
    ),
    "picture_type": (
        "This is not a picture in a form we know",
        "Yeh picture is form mein nahi chalegi",
        "Inmein se kisi form mein dijiye.",
    ),
    "picture_missing": ("There is no picture", "Koi picture nahi mili", "Pehle ek picture chuniye."),
    "picture_too_heavy": ("The file is too large", "File bahut badi hai", "Chhoti karke, ya JPEG mein save kijiye."),
    "picture_too_large": (
        "The picture has too many pixels",
        "Picture mein pixels bahut zyada hain",
        "Pehle use chhota kijiye.",
    ),
    "picture_too_small": ("The picture is too small", "Picture bahut chhoti hai", "Koi badi picture lijiye."),
    "picture_unknown": (
        "This file is not a picture that we can read",
        "Yeh file aisi picture nahi hai jo hum padh sakein",
        "Koi photo ya drawing chuniye.",
    ),
    "picture_broken": (
        "The picture's file is damaged",
        "Picture ki file kharab hai",
        "Use phir se save ya send kijiye.",
    ),
    "picture_values": (
        "The picture's values are out of range",
        "Picture ke values range se bahar hain",
        "Pehle values ko scale kijiye.",
    ),
    "picture_empty": (
        "There is nothing on the picture",
        "Picture mein kuch nahi hai",
        "Kuch draw kijiye, ya kisi cheez ki photo lijiye.",
    ),
    "drawing_empty": ("Nothing is drawn yet", "Abhi kuch draw nahi hua", "Pehle kuch draw kijiye."),
    "drawing_unknown": ("This is no drawing of our pad", "Yeh humare pad ki drawing nahi hai", "Phir se draw kijiye."),
    "shift_range": ("That is too far", "Itna door nahi khiska sakte", "Thoda kam khiskaiye."),
    "map_range": ("There is no such map or pixel", "Aisa koi map ya pixel nahi hai", "Koi aur map ya pixel chuniye."),
    "cnn_config": (
        "These sizes make no network",
        "In sizes se network nahi banta",
        "Convolutions ya pooling kam kijiye, ya picture badi lijiye.",
    ),
    "data_layout": (
        "The data has another layout",
        "Data ka layout alag hai",
        "Folder mein sahi files rakhiye, ya dobara fetch kijiye.",
    ),
    "data_missing": (
        "The data is not there",
        "Data wahan nahi hai",
        "--data se folder bataiye, ya use chhod dijiye, tab public source se aa jayega.",
    ),
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
