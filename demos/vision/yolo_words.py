"""The words of Vision · YOLO, English and Hinglish."""

from demos.language import Words

YOLO: Words = {
    "model.yolo-cells": ("blood cells (yolo-cells)", "khoon ke cells (yolo-cells)"),
    "model.yolo-drawings": ("drawings on paper (yolo-drawings)", "kagaz pe drawings (yolo-drawings)"),
    "yolo.photo.tab": ("Photo", "Photo"),
    "yolo.camera.tab": ("Camera", "Camera"),
    "yolo.video.tab": ("Video", "Video"),
    "yolo.photo": ("Upload, paste or take a picture", "Picture upload, paste ya click karein"),
    "yolo.camera": ("Your browser's camera", "Aapke browser ka camera"),
    "yolo.camera.help": (
        "Press record. Frames go to this machine one by one and are not kept. For drawings hold the paper still and fill the picture.",
        "Record dabaiye. Frames ek ek karke is machine pe aate hain aur rakhe nahi jaate. Drawing ho toh kagaz sthir rakhiye aur "
        "picture mein bada dikhaiye.",
    ),
    "yolo.video": ("A short video, up to 30 seconds", "Chhota video, 30 second tak"),
    "yolo.video.run": ("Look through the video", "Video dekhiye"),
    "yolo.frame": (
        "{fps:.1f} frames per second; the network took {ms:.0f} ms",
        "{fps:.1f} frames per second; network ko {ms:.0f} ms lage",
    ),
    "yolo.progress": (
        "Second {seconds:.1f}, {percent:.0f} % of the video done",
        "Second {seconds:.1f}, video ka {percent:.0f} % ho gaya",
    ),
    "yolo.video.done": ("{n} frames looked at. Seen: {list}.", "{n} frames dekhe. Mila: {list}."),
    "yolo.video.nothing": ("{n} frames looked at, nothing found.", "{n} frames dekhe, kuch nahi mila."),
    "yolo.answer": (
        "{source}: **{n}** found ({list}), before you move the sliders.",
        "{source}: **{n}** mile ({list}), sliders hilane se pehle.",
    ),
    "yolo.answer.none": (
        "{source}: nothing reached the threshold; the highest score seen is {score:.2f}.",
        "{source}: threshold tak kuch nahi pahuncha; sabse bada score {score:.2f} tha.",
    ),
    "yolo.no_answer": (
        "No answer this time; below is why, and what to do.",
        "Is baar jawab nahi mila; neeche dekhiye kyun, aur ab kya karein.",
    ),
    "yolo.example.cells-1": ("Smear, drawn", "Smear, drawn"),
    "yolo.example.cells-2": ("Smear 2, drawn", "Smear 2, drawn"),
    "yolo.example.drawing-1": ("Drawings 1", "Drawings 1"),
    "yolo.example.drawing-2": ("Drawings 2", "Drawings 2"),
    "yolo.example.drawing-3": ("Drawings 3", "Drawings 3"),
    "yolo.example.bus": ("Bus (hub)", "Bus (hub)"),
    "yolo.example.zidane": ("Two people (hub)", "Do log (hub)"),
    "yolo.maps.title": (
        "### Feature maps\nThe backbone's maps at strides 8, 16 and 32, then the neck's, where fine and coarse have spoken to each other. "
        "The first eight of each.",
        "### Feature maps\nPehle backbone ke maps, stride 8, 16 aur 32 pe; phir neck ke, jahan fine aur coarse grid aapas mein baat kar chuke hain. "
        "Har ek ke pehle aath.",
    ),
    "yolo.inside": (
        "Grid, candidates and suppression are shown with the result above: choose *Before and after*, *Step by step* or *Grid*, "
        "and a box for the cell that answers for it and the distributions of its edges.",
        "Grid, candidates aur suppression upar result ke saath hain: *Pehle aur baad mein*, *Ek ek step* ya *Grid* chuniye; kisi box ko chuniye "
        "toh uska cell aur uske edges ke distributions dikhenge.",
    ),
    "yolo.box.show": ("What is shown", "Kya dikhana hai"),
    "yolo.box.kept": ("Kept boxes", "Bache hue boxes"),
    "yolo.box.both": ("Before and after", "Pehle aur baad mein"),
    "yolo.box.steps": ("Step by step", "Ek ek step"),
    "yolo.box.grid": ("Grid", "Grid"),
    "yolo.box.score": ("Least score", "Kam se kam score"),
    "yolo.box.iou": ("Most overlap (IoU)", "Zyada se zyada overlap (IoU)"),
    "yolo.box.classes": ("Labels to keep", "Kaunse labels rakhein"),
    "yolo.box.found": ("{n} boxes kept of {m} candidates.", "{m} candidates mein se {n} boxes bache."),
    "yolo.box.nothing": (
        "Nothing reaches these thresholds. The highest score seen is {score} ({name}).",
        "In thresholds tak kuch nahi pahuncha. Sabse bada score {score} tha ({name}).",
    ),
    "yolo.box.nothing_at_all": (
        "Nothing found: no score reached 0.01.",
        "Kuch nahi mila: koi score 0.01 tak bhi nahi pahuncha.",
    ),
    "yolo.box.alt": ("The picture with boxes: {list}", "Boxes ke saath picture: {list}"),
    "yolo.box.before": ("Before suppression: {n}", "Suppression se pehle: {n}"),
    "yolo.box.after": ("After: {n}", "Baad mein: {n}"),
    "yolo.box.previous": ("Previous", "Pichhla"),
    "yolo.box.next": ("Next", "Agla"),
    "yolo.box.step": (
        "Step {i} of {n}: the surest box left is {name} ({score}); {fell} fall to it.",
        "Step {i} / {n}: bache hue mein sabse pakka box {name} ({score}) hai; iske saamne {fell} girte hain.",
    ),
    "yolo.box.none_fell": (
        "No box of this label overlaps it enough to fall.",
        "Is label ka koi box itna overlap nahi karta ki gire.",
    ),
    "yolo.box.box": ("box", "box"),
    "yolo.box.label": ("label", "label"),
    "yolo.box.probability": ("score", "score"),
    "yolo.box.to": ("lost to", "kis se haara"),
    "yolo.box.cell": ("stride: column, row", "stride: column, row"),
    "yolo.box.fate": ("suppression", "suppression"),
    "yolo.box.lost": ("fell to #{i}, IoU {iou}", "#{i} se gira, IoU {iou}"),
    "yolo.box.stays": ("stays", "bacha"),
    "yolo.box.stride": ("stride {s}: {columns} × {rows} cells", "stride {s}: {columns} × {rows} cells"),
    "yolo.box.map": (
        "Probability of “{name}” in each cell of stride {s} (deeper is surer, by the square root)",
        "Stride {s} ke har cell mein “{name}” ki probability (gehra matlab zyada pakka, square root se)",
    ),
    "yolo.box.responsible": (
        "{n} of the kept boxes come from this grid. The orange cells answer for them: each names the object and says how far the four edges are.",
        "Bache hue boxes mein se {n} is grid se aaye. Orange cells inke zimmedar hain: har cell object ka naam aur charon edges ki doori batata hai.",
    ),
    "yolo.box.choose": (
        "Choose a number to see its cell and its edges.",
        "Number chuniye, uska cell aur edges dikhenge.",
    ),
    "yolo.box.download": ("Download what is kept:", "Jo bacha use download karein:"),
    "yolo.box.edges": (
        "How cell (column {column}, row {row}, stride {s}) drew box #{i}, {name}: the mean of each distribution, in cells, times the stride",
        "Cell (column {column}, row {row}, stride {s}) ne box #{i}, {name}, kaise banaya: har distribution ka mean, cells mein, guna stride",
    ),
    "yolo.box.left": ("left edge", "left edge"),
    "yolo.box.top": ("top edge", "top edge"),
    "yolo.box.right": ("right edge", "right edge"),
    "yolo.box.bottom": ("bottom edge", "bottom edge"),
    "label.RBC": ("red cell", "red cell"),
    "label.WBC": ("white cell", "white cell"),
    "label.Platelets": ("platelet", "platelet"),
}
