"""Running a command: streams in UTF-8, one sentence for each error, and the exit code that fits."""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from matcher.errors import MatcherError

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130


def run(command: click.Command, args: Sequence[str] | None = None) -> NoReturn:
    """Run `command` and exit: 0, or the code of what went wrong, said in one sentence on stderr.

    With `MATCHER_DEBUG` set, an error keeps its traceback.
    """
    _utf8()
    try:
        code = _guarded(command, args)
        sys.stdout.flush()
    except BrokenPipeError:
        code = _hang_up()
    except OSError as error:
        code = (
            _hang_up() if error.errno == errno.EPIPE else _say(f"cannot write the result: {_reason(error)}.")
        )
    gc.freeze()  # what is left goes with the process: the collector need not look through it once more
    sys.exit(code)


def _guarded(command: click.Command, args: Sequence[str] | None) -> int:
    """Run `command`, turn every exception but a broken pipe into a sentence and return the exit code."""
    debug = bool(os.environ.get("MATCHER_DEBUG"))
    try:
        result = command.main(args=args, prog_name="matcher", standalone_mode=False)
    except BrokenPipeError:
        raise
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped.", err=True)
        return INTERRUPTED
    except MatcherError as error:
        if debug:
            raise
        return _say(str(error), error.exit_code)
    except OSError as error:
        if debug or error.errno == errno.EPIPE:
            raise
        return _say(f"{_reason(error)}.")
    except MemoryError:
        if debug:
            raise
        return _say("not enough memory; close other programs and try again.")
    except Exception as error:
        if debug:
            raise
        return _say(
            f"matcher stopped on a fault of its own ({type(error).__name__}: {error}); "
            "set MATCHER_DEBUG=1 to see where."
        )
    return result if isinstance(result, int) else 0


def _say(sentence: str, code: int = 1) -> int:
    """Print one error on stderr and return the exit code."""
    click.echo(f"Error: {sentence}", err=True)
    return code


def _reason(error: OSError) -> str:
    """Say what the system refused, and for which file."""
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason


def _hang_up() -> int:
    """Leave quietly when the reader has gone (``matcher rank ... | head``): that is no error."""
    # The interpreter flushes stdout once more at exit, which would complain: give it somewhere to go.
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - must outlive this function
    return 0


def _utf8() -> None:
    """Write UTF-8 with plain newlines whatever the locale says: names come in every script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
