"""Everything that can go wrong, in one tree.

ReviewpipeError                exit 1   base of all below; a message says what is wrong and what to do next
├── UsageError                 exit 2   the command was called with something that is not there or not meant
│   └── ConfigError            exit 2   reviewpipe.toml or a themes file cannot be used
├── InputError                 exit 3   raw files cannot be used
│   ├── NotReviewsError        exit 3   the file is sound, but holds no reviews
│   ├── UnreadableError        exit 3   the file cannot be opened or decoded
│   └── TooManyRejectsError    exit 3   more was refused than the threshold allows
├── LeakError                  exit 4   the leak gate found a known name in an output
├── LockedError                exit 5   another run is at work
└── StoreError                 exit 6   the store or a folder cannot be read or written

Stopped (no error of ours)     exit 128 + signal: 143 for SIGTERM, 130 for SIGINT (Control-C)

Messages never hold private text: they name a file, a row number and a reason.
"""


class ReviewpipeError(Exception):
    """Base of all errors that reviewpipe raises on purpose."""

    exit_code = 1


class UsageError(ReviewpipeError):
    """The command was called with something that is not there or not meant."""

    exit_code = 2


class ConfigError(UsageError):
    """A settings file cannot be used."""


class InputError(ReviewpipeError):
    """Raw files cannot be used."""

    exit_code = 3


class NotReviewsError(InputError):
    """The file is sound, but it is no file of reviews."""


class UnreadableError(InputError):
    """The file cannot be opened, decoded or parsed."""


class TooManyRejectsError(InputError):
    """More rows or files were refused than the threshold allows."""


class LeakError(ReviewpipeError):
    """The leak gate found a known name in an output."""

    exit_code = 4


class LockedError(ReviewpipeError):
    """Another run is at work in this project."""

    exit_code = 5


class StoreError(ReviewpipeError):
    """The store or a folder cannot be read or written."""

    exit_code = 6


class Stopped(BaseException):
    """A signal asked the program to stop.  Like KeyboardInterrupt it is no Exception: nobody takes it for an error."""

    def __init__(self, number: int, message: str = "stopped") -> None:
        super().__init__(message)
        self.number = number

    @property
    def exit_code(self) -> int:
        """As a shell has it."""
        return 128 + self.number
