"""The words of the vision tabs, English and Hinglish."""

from demos.language import Words

CNN: Words = {
    "model.cnn-fashion": ("garments (cnn-fashion)", "kapde (cnn-fashion)"),
    "model.cnn-digits": ("handwritten digits (cnn-digits)", "haath se likhe digits (cnn-digits)"),
    "cnn.upload": ("Photo", "Photo"),
    "cnn.draw": ("Draw", "Draw karein"),
    "cnn.photo": (
        "Upload, paste or photograph a garment or a digit",
        "Kapde ya digit ki photo upload, paste ya click karein",
    ),
    "cnn.pad.label": ("Drawing pad", "Drawing pad"),
    "cnn.pad.help": (
        "Draw with finger, mouse or pen. By keyboard: arrows move the pen, space puts it down and lifts it. For digits choose "
        "“handwritten digits” above.",
        "Finger, mouse ya pen se draw kijiye. Keyboard se: arrows pen ko chalate hain, space use rakhta aur uthata hai. Digits ke "
        "liye upar “haath se likhe digits” chuniye.",
    ),
    "cnn.pad.undo": ("Undo", "Undo"),
    "cnn.pad.clear": ("Clear", "Saaf karein"),
    "cnn.pad.down": ("pen down", "pen neeche"),
    "cnn.pad.up": ("pen up", "pen upar"),
    "cnn.example.photo-tshirt": ("T-shirt", "T-shirt"),
    "cnn.example.photo-trousers": ("Trousers", "Trousers"),
    "cnn.example.photo-boot": ("Boot", "Boot"),
    "cnn.example.sneaker": ("Sneaker*", "Sneaker*"),
    "cnn.example.dress": ("Dress*", "Dress*"),
    "cnn.example.sandal": ("Sandal*", "Sandal*"),
    "cnn.example.bag": ("Bag*", "Bag*"),
    "cnn.answer": ("{source}: **{label}**, {percent:.1f} %", "{source}: **{label}**, {percent:.1f} %"),
    "cnn.no_answer": (
        "No answer this time; below is why, and what to do.",
        "Is baar jawab nahi mila; neeche dekhiye kyun, aur ab kya karein.",
    ),
    "cnn.seen.title": ("What the network sees", "Network ko kya dikhta hai"),
    "cnn.seen.alt": ("The picture as the network sees it", "Picture, jaisi network ko dikhti hai"),
    "cnn.seen.note": ("Done to the picture: {steps}.", "Picture ke saath kya hua: {steps}."),
    "cnn.done.nothing": ("nothing, it was in the data's style already", "kuch nahi, woh pehle se data jaisi hi thi"),
    "cnn.done.inverted": (
        "inverted (light on dark is what the network knows)",
        "ulti ki gayi (network dark pe light dekhna jaanta hai)",
    ),
    "cnn.done.background": ("background removed", "background hataya gaya"),
    "cnn.done.cropped": ("cropped to the object", "object tak crop ki gayi"),
    "cnn.maps.title": (
        "### Feature maps\nEach layer answers with maps: bright where its pattern was found. Choose a layer, a map, then a pixel "
        "(click, or arrow keys): the number is written out below.",
        "### Feature maps\nHar layer maps banati hai: jahan uska pattern mila, wahan bright. Pehle layer chuniye, phir map, phir ek pixel "
        "(click ya arrow keys): neeche us number ka poora hisaab dikhega.",
    ),
    "cnn.maps.layers": ("Layers", "Layers"),
    "cnn.maps.maps": ("Maps of this layer", "Is layer ke maps"),
    "cnn.maps.map": ("map", "map"),
    "cnn.maps.row": ("row", "row"),
    "cnn.maps.column": ("column", "column"),
    "cnn.maps.keys": ("Arrow keys move the pixel.", "Arrow keys se pixel badaliye."),
    "cnn.maps.scale": (
        "Black is {low}, white is {high}: one scale for the whole layer; brightness is the square root, so that faint answers show.",
        "Black matlab {low}, white matlab {high}: poori layer ka ek hi scale; brightness square root hai, taaki halke jawab bhi dikhein.",
    ),
    "cnn.step.title": (
        "Convolution {layer}, map {channel}, row {y}, column {x}",
        "Convolution {layer}, map {channel}, row {y}, column {x}",
    ),
    "cnn.step.patch": ("patch", "patch"),
    "cnn.step.input": ("input map", "input map"),
    "cnn.step.kernel": ("kernel", "kernel"),
    "cnn.step.products": ("products", "products"),
    "cnn.step.sum": ("Sum", "Sum"),
    "cnn.step.rest": ("{n} other input maps", "baaki {n} input maps"),
    "cnn.step.norm": ("Batch normalisation", "Batch normalisation"),
    "cnn.step.window": ("pooling window", "pooling window"),
    "cnn.shift.title": (
        "### Move the picture\nThe maps move along; the answer should stay. Which layers notice?",
        "### Picture ko khiskaiye\nMaps saath khisakte hain; jawab wahi rehna chahiye. Kaunsi layers ko fark padta hai?",
    ),
    "cnn.shift.dx": ("right (pixels)", "right (pixels)"),
    "cnn.shift.dy": ("down (pixels)", "neeche (pixels)"),
    "cnn.shift.where": ("{dx} right, {dy} down", "{dx} right, {dy} neeche"),
    "cnn.shift.seen": ("The moved picture", "Khiski hui picture"),
    "cnn.shift.scores": ("Its scores", "Uske scores"),
    "cnn.shift.same": (
        "The answer stays **{before}**: {p:.1f} % before, {q:.1f} % now.",
        "Jawab wahi hai, **{before}**: pehle {p:.1f} %, ab {q:.1f} %.",
    ),
    "cnn.shift.other": (
        "The answer changes from **{before}** ({p:.1f} %) to **{after}** ({q:.1f} %).",
        "Jawab **{before}** ({p:.1f} %) se badal kar **{after}** ({q:.1f} %) ho gaya.",
    ),
    "cnn.shift.change": ("change", "change"),
    "cnn.shift.table": (
        "How far each layer's numbers moved, as a part of their size",
        "Har layer ke numbers kitne badle, unke size ke hisaab se",
    ),
    "cnn.decision.title": ("### What the decision rests on", "### Faisla kis pe tika hai"),
    "cnn.decision.run": ("Show it for this picture", "Is picture ke liye dikhaiye"),
    "cnn.decision.for": ("What speaks for “{label}”", "“{label}” ke haq mein kya hai"),
    "cnn.decision.by": ("{how}, {source}: {label}", "{how}, {source}: {label}"),
    "cnn.decision.cam": (
        "Where the last feature maps speak for the answer",
        "Aakhri feature maps kahan is jawab ke haq mein hain",
    ),
    "cnn.decision.ig": (
        "Which pixels speak for and against the answer",
        "Kaunse pixels jawab ke haq mein hain aur kaunse khilaf",
    ),
    "cnn.decision.note": ("Blue speaks for the answer, orange against it.", "Blue jawab ke haq mein, orange khilaf."),
    "cnn.filters.title": (
        "### What the filters look for\nChoose a filter to see the pieces of real pictures that excite it most.",
        "### Filters kya dhoondte hain\nEk filter chuniye, phir dekhiye asli pictures ke kaunse tukde use sabse zyada jagate hain.",
    ),
    "cnn.filters.layer": ("Convolution", "Convolution"),
    "cnn.filters.run": ("Show the filters", "Filters dikhaiye"),
    "cnn.filters.alt": ("Filter {i}", "Filter {i}"),
    "cnn.filters.row": ("Kernels of convolution {layer}", "Convolution {layer} ke kernels"),
    "cnn.filters.note1": ("Blue is positive, orange negative.", "Blue positive hai, orange negative."),
    "cnn.filters.note": (
        "Blue is positive, orange negative; of each filter the slice for its strongest input map.",
        "Blue positive hai, orange negative; har filter ka sirf sabse strong input map wala slice.",
    ),
    "cnn.patches.title": (
        "What excites filter {channel} of convolution {layer}",
        "Convolution {layer} ke filter {channel} ko kya jagata hai",
    ),
    "cnn.patches.alt": ("A piece of a picture of: {label}", "Is picture ka ek tukda: {label}"),
    "cnn.patches.note": (
        "Searched in held-out pictures; each piece is the {side} × {side} pixels that the filter can see.",
        "Training se bahar ki pictures mein dhoonda; har tukda utne hi {side} × {side} pixels ka hai jitne filter dekh sakta hai.",
    ),
    "cnn.dense.title": ("Why share weights", "Weights share kyun karein"),
    "cnn.dense.kind": ("From and to the same numbers", "Wahi input, wahi output"),
    "cnn.dense.conv": ("our convolutions", "humare convolutions"),
    "cnn.dense.dense": ("fully connected layers instead", "unki jagah fully connected layers"),
    "cnn.dense.ratio": ("ratio", "ratio"),
    "label.T-shirt/top": ("T-shirt or top", "T-shirt ya top"),
}
