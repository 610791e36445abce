"""What can go wrong in a way that a person can mend.

Every error carries its facts as data, so that an interface can word them in the visitor's language::

    LmdemoError                 key, expected, got, hint
    ├── InputError              what was given can't be used: type, size, length, an empty drawing
    ├── OptionError             an option is out of range or unknown
    ├── UnknownModelError       no model, source or member of that name
    ├── WeightsError            a weights folder lacks a file, or holds a truncated or foreign one
    ├── DataError               a data set is missing, has another layout or another checksum
    ├── ResourceError           memory or disk is short
    └── HubError                a hub's model can't be had
        ├── HubUnreachableError no network, or the hub does not answer
        ├── HubAccessError      the hub answers no: unknown, gated, too many requests
        └── HubFileError        a file is not what was pinned: size, checksum, format
"""


class LmdemoError(Exception):
    """A mistake that the person who made it can mend.

    Args:
        key: A stable name in snake case, such as ``"picture_too_large"``; interfaces look their own wording up by it.
        expected: What would have been right, in words that need no translation: formats, numbers with units, names.
        got: What came instead, in such words too.
        hint: What to do now, as one plain English sentence.
    """

    def __init__(self, key: str, *, expected: str, got: str, hint: str) -> None:
        super().__init__(key, expected, got, hint)
        self.key, self.expected, self.got, self.hint = key, expected, got, hint

    def __str__(self) -> str:
        return f"Expected {self.expected}; got {self.got}. {self.hint}"

    def __reduce__(self):  # so that it survives the way back from a forked GPU process
        return _rebuild, (type(self), self.key, self.expected, self.got, self.hint)


def _rebuild(kind: type[LmdemoError], key: str, expected: str, got: str, hint: str) -> LmdemoError:
    return kind(key, expected=expected, got=got, hint=hint)


class InputError(LmdemoError):
    """What was given can't be used as input."""


class OptionError(LmdemoError):
    """An option is out of its range or unknown."""


class UnknownModelError(LmdemoError):
    """No model, source or member goes by that name."""


class WeightsError(LmdemoError):
    """A weights folder lacks a file, or holds a truncated or foreign one."""


class DataError(LmdemoError):
    """A data set is missing, has another layout or another checksum."""


class ResourceError(LmdemoError):
    """Memory or disk space is short."""


class HubError(LmdemoError):
    """A hub's model can't be had."""


class HubUnreachableError(HubError):
    """There is no network, or the hub does not answer."""


class HubAccessError(HubError):
    """The hub answers no: unknown, gated, or too many requests."""


class HubFileError(HubError):
    """A file is not what was pinned: its size, checksum or format differs."""
