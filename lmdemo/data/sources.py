"""Where the public data sets are, with pinned checksums; fetched once, where no folder with data was named."""

import gzip
import hashlib
import re
import shutil
import tarfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lmdemo.errors import DataError, HubFileError
from lmdemo.hub import fetch_file, home


def _github(repository: str, files: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    return {
        file: (f"https://raw.githubusercontent.com/{repository}/{path}", sha256)
        for file, (path, sha256) in files.items()
    }


# Sets of a few files: file -> (address, sha256 of the content; of .gz files of what they unpack to, since headers differ).
# A file that is .gz here and not at its source is packed when it comes.
FILES: dict[str, dict[str, tuple[str, str]]] = {
    "fashion-mnist": _github(
        "zalandoresearch/fashion-mnist",
        {
            "train-images-idx3-ubyte.gz": (
                "master/data/fashion/train-images-idx3-ubyte.gz",
                "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            ),
            "train-labels-idx1-ubyte.gz": (
                "master/data/fashion/train-labels-idx1-ubyte.gz",
                "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            ),
            "t10k-images-idx3-ubyte.gz": (
                "master/data/fashion/t10k-images-idx3-ubyte.gz",
                "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            ),
            "t10k-labels-idx1-ubyte.gz": (
                "master/data/fashion/t10k-labels-idx1-ubyte.gz",
                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            ),
        },
    ),
    "tiny-shakespeare": _github(
        "karpathy/char-rnn",
        {
            "input.txt": (
                "master/data/tinyshakespeare/input.txt",
                "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
            )
        },
    ),
    "sst2": _github(
        "clairett/pytorch-sentiment-classification",
        {
            "train.tsv": (
                "master/data/SST2/train.tsv",
                "ec192f833a64da08f475488a77b0d0b47db47acd0f458bd18433fc793b569920",
            ),
            "dev.tsv": ("master/data/SST2/dev.tsv", "eddea6b39e601dd4e7a672b53cc40fdf6019fa80522f351206c24340ca5d9359"),
        },
    ),
    "hinglish-sentimix": _github(
        "keshav22bansal/BAKSA_IITK",
        {
            "train_conll.txt.gz": (
                "master/Baseline/Sub-word-LSTM/Data/train_conll.txt",
                "4ce93e6025eb0bd9ac4286803e8fe5a4427caef853f625008454be00acf59798",
            ),
            "trial_conll.txt.gz": (
                "master/Baseline/Sub-word-LSTM/Data/trial_conll.txt",
                "ec3271427537d9973438eb6a941a9b3e98c766846943d2dfd76861908af38309",
            ),
        },
    ),
    "multi30k-en-de": _github(
        "multi30k/dataset",
        {
            "train.en.gz": (
                "master/data/task1/raw/train.en.gz",
                "460a15fbd157e34a7a9957ee388c1ca247fe47af3ef25fb50442af6c274e0fc6",
            ),
            "train.de.gz": (
                "master/data/task1/raw/train.de.gz",
                "2c2b73fd2b548fbcde3a875e0a78d6ee94d498bfdee6bd3eae3945779e9ddf72",
            ),
            "val.en.gz": (
                "master/data/task1/raw/val.en.gz",
                "1f2a23d992769b5b3d209b0a10dd0b77c08cceb1f20dfb97ed0aafa49d107227",
            ),
            "val.de.gz": (
                "master/data/task1/raw/val.de.gz",
                "660e09eb7e1da2f856ea13ee5ad3cf6d36b3d5b0b733c857e94c5747a3dfc660",
            ),
        },
    ),
    "tatoeba-eng-hin": _github(
        "namanmistry/Englist-to-Hindi",
        {"hin.txt": ("master/hin.txt", "43012368596b7e2bc0dfdc1d2a98fa15cfee74cf2b183a1a42de3af1f6a64b10")},
    ),
    "timeseries": _github(
        "jbrownlee/Datasets",
        {
            "airline-passengers.csv": (
                "master/airline-passengers.csv",
                "8cb51be753a718d9be5d76d7e238cc224792754676adc21faa59e954b0201621",
            ),
            "daily-min-temperatures.csv": (
                "master/daily-min-temperatures.csv",
                "8b9de63ed6789492bf497625e7f9beb96a63d367b4b0a21754006f749fa5e5da",
            ),
            "monthly-sunspots.csv": (
                "master/monthly-sunspots.csv",
                "c4ec8cc57d9f6fb6ecdb3e1f37f25b6f4badd5124c55931052b0cd2fc3bc71f3",
            ),
        },
    )
    | _github(
        "zhouhaoyi/ETDataset",
        {"ETTh1.csv": ("main/ETT-small/ETTh1.csv", "f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066")},
    ),
}


# Sets of many files: a repository's archive at a commit, of which some members are kept. An archive's bytes change from
# day to day, so what is pinned is one checksum over the names and contents of the files that are kept.


@dataclass(frozen=True)
class Archive:
    """A data set inside a repository.

    Attributes:
        address: The packed repository.
        members: Pattern of a path in it -> where the file goes.
        sha256: What :func:`checksum` gives for the files that are kept.
        prune: Deletes what does not belong to the set from the unpacked folder.
        beside: Further files: name -> address.
        pack: A .tar.xz that the folder of this name is packed into; "" leaves files as they are.
    """

    address: str
    members: Mapping[str, str]
    sha256: str
    prune: Callable[[Path], None] = lambda folder: None
    beside: Mapping[str, str] = field(default_factory=dict)
    pack: str = ""


def _archive(repository: str, commit: str) -> str:
    return f"https://codeload.github.com/{repository}/tar.gz/{commit}"


def _only_listed(folder: Path) -> None:
    """BCCD: only pictures of the lists for training and validation; the test part is left out."""
    lists = folder / "ImageSets" / "Main"
    listed = {
        name for split in ("train", "val") for name in (lists / f"{split}.txt").read_text(encoding="utf-8").split()
    }
    for path in [*(folder / "Annotations").iterdir(), *(folder / "JPEGImages").iterdir()]:
        if path.stem not in listed:
            path.unlink()


def _first_two(folder: Path) -> None:
    """ESC-10: the first two clips by name of each class and fold."""
    groups: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for path in sorted(folder.glob("*/*.ogg")):
        groups[path.parent.name, path.name[0]].append(path)
    for paths in groups.values():
        for path in paths[2:]:
            path.unlink()


def _lj_subset(folder: Path) -> None:
    """LJ Speech: 84 of the first 92 clips, and their lines of the corpus's own list."""
    kept = {f"LJ001-{i:04d}" for i in range(1, 93) if i % 11 != 6}
    for path in (folder / "wavs").iterdir():
        if path.stem not in kept:
            path.unlink()
    path = folder / "metadata.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if line.split("|")[0] in kept), encoding="utf-8")


ARCHIVES: dict[str, Archive] = {
    "bccd": Archive(
        _archive("Shenggan/BCCD_Dataset", "ec96fe4104e9bb329f0d263db95cf1edd8c09909"),
        {
            r"BCCD/(Annotations/[\w-]+\.xml|JPEGImages/[\w-]+\.jpg|ImageSets/Main/(?:train|val)\.txt)": r"\1",
            "LICENSE": "LICENSE",
        },
        "55cce0031901df1060179322099f00f26818337684f351b20103568fa9cb003c",
        _only_listed,
    ),
    "an4": Archive(
        _archive("cmusphinx/an4", "b567d132f43304e70a2b2eca6077f22255311812"),
        {
            r"wav/(an4_clstk/\w+/[\w-]+\.wav)": r"\1",
            r"(etc/an4_train\.(?:fileids|transcription))": r"\1",
            "LICENSE": "LICENSE",
        },
        "88b670d2c6449a5e3a6b15fe9262d2fe9ccaeafe08a9d07919cbdf2dba34afb6",
    ),
    "esc10-subset": Archive(
        _archive("karolpiczak/ESC-10", "ba074f080951b4d289adf406f0e3e0102d66d832"),
        {r"(\d{3} - [A-Z][a-z ]+/[1-4]-\d+-[A-Z]\.ogg)": r"\1", r"README\.txt": "ESC-10-README.txt"},
        "ea17cdb3d739c07be2c9a3f551a6d878fde5bcb2e7bcba831671e5b0f6b485b5",
        _first_two,
    ),
    "free-spoken-digits": Archive(
        _archive("Jakobovski/free-spoken-digit-dataset", "master"),
        {r"(recordings/\d_[a-z]+_(?:[5-9]|[1-4]\d)\.wav)": r"\1"},  # the official training part
        "c9248e686d249ca1690ae098e049932a6c8e484a50573762485e67188bde1bc3",
        pack="recordings",
    ),
    "ljspeech-subset": Archive(
        _archive(
            "Aliaa-Kashwa/Deep-learning-based-end-to-end-speech-recognition", "58d2c13d047d254557d0ebe28ac49a33a143c858"
        ),
        {r"(wavs/LJ001-00\d\d\.wav)": r"\1"},
        "8b50d8540ed1255d634d05e176e8f01f3a2e0b7855aba161d9cdcfe0863e6754",
        _lj_subset,
        beside={
            "metadata.csv": "https://raw.githubusercontent.com/PhilippMatthes/dc_tts/master/LJSpeech-1.1/metadata.csv"
        },
    ),
}
IN_WORDS = ("LICENSE", "README", "trainval")  # files about the data, not part of it


def checksum(folder: Path) -> str:
    """One sha256 over the names and contents of a folder's files; of sound the samples count, not how they are packed."""
    total = hashlib.sha256()
    for name, content in sorted(_contents(folder)):
        total.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return total.hexdigest()


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not any(word in path.name for word in IN_WORDS):
            if path.suffix in (".wav", ".flac"):
                import soundfile

                samples, rate = soundfile.read(path, dtype="int16")
                yield f"{name.rsplit('.', 1)[0]} {rate}", samples.tobytes()
            else:
                yield name, path.read_bytes()


def fetch_data(name: str, *, root: Path | None = None) -> Path:
    """Fetches a public data set once, and checks it.

    Raises:
        DataError: No such data set is known here.
        HubError: Its source can't be had, or holds other content.
    """
    folder = (root or home()) / "data" / name
    if name in ARCHIVES:
        if not folder.is_dir():  # it is put there when it is whole
            _fetch_archive(name, ARCHIVES[name], folder)
        return folder
    if name not in FILES:
        raise DataError(
            "unknown_data",
            expected=", ".join(sorted([*FILES, *ARCHIVES])),
            got=name,
            hint="Name its folder with --data.",
        )
    for file, (address, sha256) in FILES[name].items():
        if (folder / file).is_file():
            continue
        if file.endswith(".gz") and not address.endswith(".gz"):
            plain = fetch_file(file.removesuffix(".gz"), address, folder, sha256=sha256, of=name)
            (folder / file).write_bytes(gzip.compress(plain.read_bytes(), mtime=0))
            plain.unlink()
        else:
            fetch_file(file, address, folder, sha256=sha256, of=name)
    return folder


def _fetch_archive(name: str, archive: Archive, folder: Path) -> None:
    work = folder.with_name(f".{name}")
    packed = fetch_file("packed.tar.gz", archive.address, work, of=name)
    part = work / name
    shutil.rmtree(part, ignore_errors=True)
    try:
        with tarfile.open(packed) as tar:
            for member in tar:
                source = member.name.partition("/")[2]  # after the repository's own folder
                target = next(
                    (
                        re.sub(pattern, to, source)
                        for pattern, to in archive.members.items()
                        if re.fullmatch(pattern, source)
                    ),
                    "",
                )
                if target and member.isfile():
                    (part / target).parent.mkdir(parents=True, exist_ok=True)
                    (part / target).write_bytes(tar.extractfile(member).read())
        for file, address in archive.beside.items():
            fetch_file(file, address, part, of=name)
        archive.prune(part)
        found = checksum(part)
    except (tarfile.TarError, EOFError, OSError, RuntimeError) as error:  # RuntimeError: sound that can't be read
        found = f"{type(error).__name__}: {error}"[:60]
    if found != archive.sha256:
        shutil.rmtree(work)
        raise HubFileError(
            "hub_file",
            expected=f"{name}: sha256 {archive.sha256[:12]}...",
            got=found[:60],
            hint="The source holds other files than the pinned ones; they were deleted. Name a folder with --data.",
        )
    if archive.pack:
        with tarfile.open(part / f"{archive.pack}.tar.xz", "w:xz") as tar:
            tar.add(part / archive.pack, archive.pack)
        shutil.rmtree(part / archive.pack)
    folder.parent.mkdir(parents=True, exist_ok=True)
    part.replace(folder)
    shutil.rmtree(work)
