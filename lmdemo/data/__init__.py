"""Data sets, tokenizers and features, one file a kind of input."""

from pathlib import Path

from lmdemo.errors import DataError


def locate(root: Path | str | None, name: str) -> Path | None:
    """The folder of the data set ``name``.

    Args:
        root: A folder that holds folders named as data sets are, or a data set's own folder. None fetches the public
            source (once; checked against pinned checksums).
        name: Such as ``fashion-mnist``; "" for data that is generated or comes inside a package.

    Returns:
        The folder, or None where ``name`` is "".

    Raises:
        DataError: ``root`` is no folder.
        HubError: The public source can't be had.
    """
    if not name:
        return None
    if root is None:
        from lmdemo.data.sources import fetch_data  # a network is needed only here

        return fetch_data(name)
    root = Path(root)
    if not root.is_dir():
        raise DataError(
            "data_missing",
            expected=f"a folder with {name}",
            got=f"{root} (no such folder)",
            hint="Name a folder with --data, or leave it out to fetch the public source.",
        )
    return root / name if (root / name).is_dir() else root
