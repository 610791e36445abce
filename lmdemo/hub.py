"""The one way to fetch: hub models and single public files, pinned, checked, resumed; a folder comes out.

Libraries open that folder locally. Nothing fetched is run, and no pickle is kept whose checksum is not pinned.
"""

# Not with hf_hub_download: huggingface_hub 2.4 deletes what came when a download is stopped or cut for good, so that
# nothing can be taken up later; it stops only by an exception out of its progress bar, and while Xet transfers not at all;
# and data sets and YOLOv8's weights lie elsewhere, for which this way would be needed beside it.

import contextlib
import dataclasses
import gzip
import hashlib
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from lmdemo.catalog import HUB, HubFile, HubRow
from lmdemo.errors import HubAccessError, HubError, HubFileError, HubUnreachableError, ResourceError, UnknownModelError

Told = Callable[[str, int, int], None]  # stage, bytes done, bytes in all
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
TIMEOUT = 20.0  # seconds without an answer
SPARE = 50_000_000  # bytes that stay free on the disk


def home() -> Path:
    """Where fetched files lie: ``LMDEMO_HUB_DIR``, else ``~/.cache/lmdemo``. The folder may be copied to another machine."""
    return Path(os.environ.get("LMDEMO_HUB_DIR") or Path.home() / ".cache" / "lmdemo").expanduser()


def folder_of(row: HubRow, root: Path | None = None) -> Path:
    """Where a hub model's files lie, or would."""
    return (root or home()) / "models" / row.name / row.revision


def is_here(row: HubRow, root: Path | None = None) -> bool:
    """Whether all that the model needs has been fetched."""
    return all(f.optional or (folder_of(row, root) / f.name).is_file() for f in row.files)


def fetch(
    row: HubRow,
    *,
    progress: Told = lambda *_: None,
    stop: threading.Event | None = None,
    endpoint: str | None = None,
    root: Path | None = None,
) -> Path:
    """Fetches what of a hub model is not here yet.

    Args:
        row: Which; revision, files and checksums are pinned in it.
        progress: Told the stage (``listing``, ``downloading``, ``checking``), bytes done and bytes in all.
        stop: Set it to end early; what came is kept, and the next call goes on from there.
        endpoint: The hub's address; ``LMDEMO_HUB_ENDPOINT``, else Hugging Face's.
        root: Folder to fetch into; :func:`home` by default.

    Returns:
        The folder with the files.

    Raises:
        HubUnreachableError: No network, or the hub does not answer.
        HubAccessError: The hub refuses: unknown, gated, too many requests, a fault of its own.
        HubFileError: A file has another size or checksum, or is a pickle that is not pinned.
        ResourceError: The disk is full.
        HubError: It was stopped.
    """
    _check_names(row)
    folder = folder_of(row, root)
    with _one_at_a_time(folder, progress, stop):
        if not is_here(row, root):
            if root is not None and is_here(row):  # fetched before: a copy will do
                _check_room(row, folder, sum(f.stat().st_size for f in folder_of(row).iterdir()))
                shutil.copytree(folder_of(row), folder, dirs_exist_ok=True)
            else:
                _take_from_cache(row, folder)
                if not is_here(row, root):
                    _fetch(row, folder, progress, stop, endpoint)
    for file in row.files:  # a folder may have come from anywhere: a pickle is handed on only as it was pinned
        if file.name.endswith(PICKLES) and _sha256(folder / file.name) != file.sha256:
            raise HubFileError(
                "hub_file",
                expected=f"{row.name}/{file.name}: sha256 {file.sha256[:12]}...",
                got="another content",
                hint="Delete this file and fetch it again.",
            )
    return folder


def plan(row: HubRow, *, endpoint: str | None = None) -> int:
    """Bytes that a fetch would bring, asked of the hub. Raises as :func:`fetch` does."""
    _check_names(row)
    if is_here(row):
        return 0
    return sum(size for size, _ in _list(row, folder_of(row), endpoint).values())


def verify(row: HubRow) -> bool:
    """Whether all files are here, with the sizes and checksums that are pinned, in the format that their names say."""
    folder = folder_of(row)
    return is_here(row) and all(
        (f.bytes in (None, (folder / f.name).stat().st_size))
        and (not f.sha256 or _sha256(folder / f.name) == f.sha256)
        and (not f.name.endswith(".safetensors") or _is_safetensors(folder / f.name))
        for f in row.files
        if (folder / f.name).is_file()
    )


def offline() -> bool:
    """Whether a variable forbids to ask a network."""
    return os.environ.get("LMDEMO_OFFLINE") == "1" or os.environ.get("HF_HUB_OFFLINE") == "1"


def _list(row: HubRow, folder: Path, endpoint: str | None) -> dict[HubFile, tuple[int, str]]:
    """What is missing, with the address of each file: (bytes, address); checksums that the hub tells are pinned with it."""
    if os.environ.get("LMDEMO_OFFLINE") == "1" or (
        not endpoint and os.environ.get("HF_HUB_OFFLINE") == "1" and not os.environ.get("LMDEMO_HUB_ENDPOINT")
    ):
        raise HubUnreachableError(
            "hub_offline",
            expected=f"{row.name} ({row.megabytes:.0f} MB) in {home().name}/",
            got="offline",
            hint=f"Run `python -m lmdemo fetch {row.name}` where there is a network, or use our own model.",
        )
    endpoint = (endpoint or os.environ.get("LMDEMO_HUB_ENDPOINT") or "https://huggingface.co").rstrip("/")
    for file in row.files:
        if file.name.endswith(PICKLES) and not file.sha256:
            raise HubFileError(
                "hub_file",
                expected=f"{row.name}: safetensors, or a pinned checksum",
                got=file.name,
                hint="Pickles can run code when they are opened, so this one is not fetched.",
            )
    addresses = {
        f: row.id if row.id.startswith("https://") else f"{endpoint}/{row.id}/resolve/{row.revision}/{f.name}"
        for f in row.files
    }
    found = {f: (_ask(row, f, address), address) for f, address in addresses.items() if not (folder / f.name).is_file()}
    return {
        dataclasses.replace(f, sha256=f.sha256 or told[1]): (told[0], address)
        for f, (told, address) in found.items()
        if told is not None
    }


def _take_from_cache(row: HubRow, folder: Path) -> None:
    """Takes what other programs have fetched with Hugging Face's own library, if it is the pinned revision; only reads there."""
    if "://" in row.id:
        return
    own = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "huggingface"
    cache = Path(
        os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE") or Path(own) / "hub"
    ).expanduser()
    snapshot = cache / f"models--{row.id.replace('/', '--')}" / "snapshots" / row.revision
    for file in row.files:
        blob = (snapshot / file.name).resolve()
        if not blob.is_file() or (folder / file.name).is_file() or (file.name.endswith(PICKLES) and not file.sha256):
            continue
        if not file.sha256 and re.fullmatch(
            "[0-9a-f]{64}", blob.name
        ):  # large files are named after their checksum there
            file = dataclasses.replace(file, sha256=blob.name)
        part = folder / f"{file.name}.cached"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            try:
                os.link(blob, part)
            except OSError:  # on another disk
                shutil.copyfile(blob, part)
            _check(row, file, part, file.bytes)
            os.replace(part, folder / file.name)
        except (HubFileError, OSError):  # damaged there, or no room: the download says what is wrong
            part.unlink(missing_ok=True)


def _fetch(row: HubRow, folder: Path, progress: Told, stop: threading.Event | None, endpoint: str | None) -> None:
    progress("listing", 0, 0)
    wanted = _list(row, folder, endpoint)
    total, before = sum(size for size, _ in wanted.values()), 0
    _check_room(row, folder, total)
    for file, (size, address) in wanted.items():
        done = before
        _download(row, file, address, folder, size, stop, lambda n, done=done: progress("downloading", done + n, total))
        before += size
    progress("checking", total, total)


def _check_names(row: HubRow) -> None:
    part = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
    names = [row.name, row.revision, *row.id.removeprefix("https://").split("/"), *(f.name for f in row.files)]
    if (
        ".." in row.id
        or not all(re.fullmatch(part, n) for n in names)
        or (row.id.count("/") != 1 and "://" not in row.id)
    ):
        raise UnknownModelError(
            "unknown_model",
            expected="owner/name",
            got=f"{row.id}, {row.revision}"[:120],
            hint="A hub's model is named owner/name, with the commit as its revision.",
        )


def _check_room(row: HubRow, folder: Path, needed: int) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ResourceError(
            "folder_not_writable",
            expected=f"{row.name}: a folder that can be written",
            got=f"{folder}: {error.strerror}",
            hint="Name another folder with LMDEMO_HUB_DIR or --to.",
        ) from error
    free = shutil.disk_usage(folder).free
    if needed + SPARE > free:
        raise ResourceError(
            "disk_full",
            expected=f"{row.name}: {(needed + SPARE) / 1e6:.1f} MB free",
            got=f"{free / 1e6:.1f} MB",
            hint="Free some space, or name another folder with LMDEMO_HUB_DIR.",
        )


@contextlib.contextmanager
def _one_at_a_time(folder: Path, progress: Told, stop: threading.Event | None) -> Iterator[None]:
    """Lets one thread of one process fetch a model; the others wait, and find it here."""
    import filelock

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder.parent / f".{folder.name}.lock", thread_local=False)
        while True:
            try:
                lock.acquire(timeout=0.2)
                break
            except filelock.Timeout:
                progress("waiting", 0, 0)
                _check_stop(folder.parent.name, stop)
    except OSError:  # a folder that can only be read, such as a shared or mounted one
        yield
        return
    try:
        yield
    finally:
        lock.release()


def _check_stop(name: str, stop: threading.Event | None, got: str = "-") -> None:
    if stop is not None and stop.is_set():
        raise HubError(
            "download_stopped", expected=name, got=got, hint="Ask again to go on; what was downloaded is kept."
        )


def _sha256(path: Path, opener: Callable[..., BinaryIO] = open) -> str:
    with opener(path, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def fetch_file(name: str, address: str, folder: Path, *, sha256: str = "", of: str = "") -> Path:
    """Fetches one public file into a folder, resumed and checked as models are.

    Args:
        name: Its name in the folder.
        address: Where it is.
        folder: The folder.
        sha256: Of its content; of .gz files of what they unpack to, since headers differ. "" leaves the check to the caller.
        of: What it belongs to, for messages.

    Raises:
        HubError: It can't be had, or holds other content.
        ResourceError: The disk is full.
    """
    path = folder / name
    if path.is_file():
        return path
    if os.environ.get("LMDEMO_OFFLINE") == "1":
        raise HubUnreachableError(
            "hub_offline",
            expected=f"{of}/{name}",
            got="offline",
            hint="Fetch it where there is a network, or name a folder with --data.",
        )
    row = HubRow(
        name=of or name,
        id="",
        revision="",
        files=(),
        megabytes=0,
        parameters=0,
        licence="",
        training_data="",
        task="",
        source="",
    )
    file = HubFile(name=name, sha256=sha256)
    size, _ = _ask(row, HubFile(name=name), address) or (0, "")
    _check_room(row, folder, size)
    _download(row, file, address, folder, size, None, lambda n: None)
    return path


def _request(row: HubRow, method: str, address: str, start: int = 0):
    """An answer of the hub as a stream, or the reason why there is none."""
    import httpx

    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    try:
        client = httpx.Client(follow_redirects=True, timeout=TIMEOUT)
        answer = client.send(client.build_request(method, address, headers=headers), stream=True)
    except httpx.HTTPError as error:
        raise HubUnreachableError(
            "hub_unreachable",
            expected=f"{row.name}",
            got=f"{type(error).__name__}",
            hint="Check the network and try again, or use our own model.",
        ) from error
    if answer.status_code >= 400:
        code = answer.status_code
        answer.close()
        why = {401: "gated or unknown", 403: "gated", 404: "unknown", 416: "range", 429: "too many requests"}.get(
            code, "server error"
        )
        if code in (401, 403):
            raise HubAccessError(
                "hub_gated",
                expected=f"{row.name}",
                got=f"HTTP {code} ({why})",
                hint="The hub asks for an access token here, and this program sends none: fetch the pinned revision with "
                "`hf download`, whose cache is used, or take our own model.",
            )
        raise HubAccessError(
            "hub_refused",
            expected=f"{row.name}",
            got=f"HTTP {code} ({why})",
            hint="Try again later, or use our own model.",
        )
    return answer


def _ask(row: HubRow, file: HubFile, address: str) -> tuple[int, str] | None:
    """Bytes and, for large files of a hub, the sha256 of a file, as its server tells them; None for one to do without."""
    try:
        answer = _request(row, "HEAD", address)
    except HubAccessError as error:
        if file.optional and "404" in error.got:
            return None
        raise
    size = int(answer.headers.get("x-linked-size") or answer.headers.get("content-length") or file.bytes or 0)
    tags = [r.headers.get("x-linked-etag", "").strip('W/"') for r in (*answer.history, answer)]
    sha256 = next((tag for tag in tags if re.fullmatch("[0-9a-f]{64}", tag)), "")
    answer.close()
    if (file.bytes is not None and size != file.bytes) or (file.sha256 and sha256 and sha256 != file.sha256):
        raise HubFileError(
            "hub_file",
            expected=f"{row.name}/{file.name}: {file.bytes or size:,} bytes {file.sha256[:12]}",
            got=f"{size:,} bytes {sha256[:12]}",
            hint="The hub holds another file than the pinned one; it was not downloaded.",
        )
    return size, sha256


def _download(
    row: HubRow,
    file: HubFile,
    address: str,
    folder: Path,
    size: int | None,
    stop: threading.Event | None,
    told: Callable[[int], None],
) -> None:
    import httpx

    part = folder / f"{file.name}.part"
    for last in (False, False, True):  # a cut connection is taken up twice where it was cut
        have = part.stat().st_size if part.exists() else 0
        if size and have >= size:
            break
        answer = _request(row, "GET", address, have)
        if have and answer.status_code != 206:  # the hub starts over
            have = 0
        try:
            with part.open("ab" if have else "wb") as out:
                for chunk in answer.iter_raw():
                    _check_stop(row.name, stop, f"{have / 1e6:.1f} MB")
                    have += len(chunk)
                    if size and have > size:
                        break
                    out.write(chunk)
                    told(have)
        except httpx.HTTPError as error:
            if last:
                raise HubUnreachableError(
                    "hub_unreachable",
                    expected=f"{row.name}: {size or 0:,} bytes",
                    got=f"{have:,} bytes",
                    hint="The connection was cut; try again to go on from there.",
                ) from error
            continue
        except OSError as error:
            raise ResourceError(
                "disk_full",
                expected=f"{(size or 0) / 1e6:.1f} MB free",
                got=f"{shutil.disk_usage(folder).free / 1e6:.1f} MB, {error.strerror}",
                hint="Free some space, or name another folder with LMDEMO_HUB_DIR.",
            ) from error
        finally:
            answer.close()
        if not size or have >= size:
            break
    _check(row, file, part, size)
    os.replace(part, folder / file.name)


def _check(row: HubRow, file: HubFile, part: Path, size: int | None) -> None:
    """Keeps a file only if it is the announced one; a wrong one is deleted."""
    have = part.stat().st_size
    wrong = ""
    if size and have != size:
        wrong = f"{have:,} bytes instead of {size:,}"
    elif file.sha256:
        try:
            sha256 = _sha256(part, gzip.open if file.name.endswith(".gz") else open)
            wrong = "" if sha256 == file.sha256 else f"sha256 {sha256[:12]}..."
        except (OSError, EOFError) as error:
            wrong = str(error)[:60]
    if not wrong and file.name.endswith(".safetensors") and not _is_safetensors(part):
        wrong = "no safetensors"
    if wrong:
        part.unlink()
        raise HubFileError(
            "hub_file",
            expected=f"{row.name}/{file.name}" + (f": sha256 {file.sha256[:12]}..." if file.sha256 else ""),
            got=wrong,
            hint="Try again; the wrong file was deleted.",
        )


def _is_safetensors(path: Path) -> bool:
    """Whether a file begins as safetensors do: the header's length, then JSON."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        return 2 <= length <= path.stat().st_size - 8 and file.read(1) == b"{"


def _agreed() -> bool:
    """Whether whoever sits at the terminal wants it; nobody there means no."""
    try:
        return input("Go on? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        print("Nobody answered; --yes goes on without asking.")
        return False


def fetch_command(args) -> int:
    """``python -m lmdemo fetch``: says what it weighs, asks, fetches."""
    from tqdm import tqdm

    from lmdemo.catalog import MODELS

    names = (
        [row.name for row in HUB.values() if row.adapter]
        if args.all
        else [h for name in args.models for h in (MODELS[name].hub if name in MODELS else (name,))]
    )
    unknown = [n for n in names if n not in HUB]
    if unknown or not names:
        raise HubAccessError(
            "hub_refused",
            expected=", ".join(HUB),
            got=", ".join(unknown) or "no name",
            hint="Name a hub model, or --all.",
        )
    rows = [HUB[n] for n in dict.fromkeys(names) if not is_here(HUB[n], args.to)]
    for row in rows:
        print(f"{row.name}: {row.megabytes:.0f} MB ({row.licence})")
    if not rows:
        print("Everything is here already.")
        return 0
    print(f"{sum(r.megabytes for r in rows):.0f} MB in all, into {args.to or home()}")
    if not args.yes and not args.json and not _agreed():
        return 1
    for row in rows:
        with tqdm(desc=row.name, unit="B", unit_scale=True) as bar:

            def told(stage: str, done: int, total: int, bar=bar) -> None:
                bar.total = total or bar.total
                bar.update(done - bar.n if stage == "downloading" else 0)

            fetch(row, progress=told, root=args.to)
    return 0
