"""Exit codes, one sentence each, no traceback: whatever goes wrong."""

from __future__ import annotations

import errno
import io
import sys

import pytest

from matcher import errors
from matcher.cli import options

ERRORS = {
    errors.MatcherError: 1,
    errors.DataError: 1,
    errors.TableError: 1,
    errors.BuildError: 1,
    errors.UsageError: 2,
    errors.UnknownNameError: 2,
    errors.WeightError: 2,
    errors.EmptyCandidatesError: 2,
    errors.RegionError: 3,
    errors.RegionNotFoundError: 3,
    errors.AmbiguousRegionError: 3,
}


def fail(monkeypatch, error: BaseException) -> None:
    def load():
        raise error

    monkeypatch.setattr(options, "load_matcher", load)


def test_every_error_is_in_the_table():
    raised = {e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.MatcherError)}
    assert raised == set(ERRORS)


@pytest.mark.parametrize(("error", "code"), ERRORS.items(), ids=lambda case: getattr(case, "__name__", case))
def test_an_error_is_one_sentence_and_its_code(error, code, invoke, monkeypatch):
    fail(monkeypatch, error("the atlas is upside down; turn it round"))
    done = invoke("rank", "Purwakarta")
    assert done.code == code
    assert done.err == "Error: the atlas is upside down; turn it round\n"
    assert not done.out


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "x.html"),
            1,
            "Error: x.html: No space left on device.\n",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "a"), 1, "Error: a: Permission denied.\n"),
        (MemoryError(), 1, "Error: not enough memory"),
        (KeyboardInterrupt(), 130, "stopped.\n"),
        (
            ZeroDivisionError("by zero"),
            1,
            "fault of its own (ZeroDivisionError: by zero); set MATCHER_DEBUG=1",
        ),
    ],
)
def test_other_errors_have_no_traceback(error, code, said, invoke, monkeypatch):
    fail(monkeypatch, error)
    done = invoke("rank", "Purwakarta")
    assert done.code == code
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "error", [errors.DataError("bad"), OSError(5, "bad"), MemoryError(), ZeroDivisionError()]
)
def test_debug_keeps_the_traceback(error, monkeypatch, fake):
    from matcher.cli import main

    monkeypatch.setenv("MATCHER_DEBUG", "1")
    fail(monkeypatch, error)
    if isinstance(error, OSError):
        with pytest.raises(SystemExit):
            main(["rank", "x"])
        return
    with pytest.raises(type(error)):
        main(["rank", "x"])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["rnak"], 2, "no command is called 'rnak'; did you mean rank?"),
        (["xyzzy"], 2, "commands: rank, explain"),
        (["rank"], 2, "Missing argument 'REGION'"),
        (["rank", "Purwakarta", "--colour"], 2, "No such option"),
        (["rank", "Purwakarta", "-n", "0"], 2, "0 is not in the range"),
        (["rank", "Purwakarta", "--country", "Kora"], 2, "no country is called 'Kora'; did you mean"),
        (["rank", "Purwakarta", "--country", "QQ"], 2, "no country is called 'QQ'"),
        (["rank", "Purwakarta", "--country", ""], 2, "no country is called ''"),
        (["rank", "Purwakarta", "--population", "9"], 2, "'9' is not a range; write MIN:MAX"),
        (["rank", "Purwakarta", "--population", ":"], 2, "at least one end"),
        (["rank", "Purwakarta", "--population", "9:1"], 2, "ends below its beginning"),
        (["rank", "Purwakarta", "--population", "few:many"], 2, "'few' is not a number"),
        (["rank", "Purwakarta", "--population", "1.2.3:"], 2, "'1.2.3' is not a number"),
        (["rank", "Purwakarta", "--area", "-5:9"], 2, "'-5' is not a number of 0 or more"),
        (["rank", "Purwakarta", "--min-coverage", "80"], 2, "80.0 is not in the range"),
        (["rank", "Purwakarta", "--weight", "culture"], 2, "'culture' is not a weight; write NAME=VALUE"),
        (["rank", "Purwakarta", "--candidates", "missing.txt"], 2, "missing.txt"),
        (["rank", "Atlantis"], 3, "no region is called 'Atlantis'"),
        (["rank", "Springfield"], 3, "2 regions are called 'Springfield'"),
        (["explain", "Purwakarta", "Springfield"], 3, "matcher explain Purwakarta gb:90"),
        (["find", "Atlantis"], 3, "no region is called 'Atlantis'"),
        (["find", "Gurye", "--country", "ID"], 3, "no region in Indonesia is called 'Gurye'"),
        (["show", "Atlantis"], 3, "no region is called 'Atlantis'"),
        (["report", "Purwakarta", "Gurye"], 2, "Missing option '--output'"),
        (["report", "Purwakarta", "Gurye", "-o", "x.doc"], 2, "does not end in .html, .pdf"),
        (["report", "Purwakarta", "Gurye", "-o", "no/where/x.html"], 2, "does not exist; create it first"),
        (["report", "Purwakarta", "Gurye", "-o", "."], 2, "'.' is a directory"),
        (["batch", "-o", "no/where/x.parquet", "--queries", "-"], 2, "does not exist; create it first"),
        (["show", "Purwakarta", "--errors", "no/where/x.csv"], 2, "does not exist; create it first"),
        (["features", "xyzzy"], 2, "no feature is called 'xyzzy'; there are"),
    ],
)
def test_what_a_user_gets_wrong(words, code, said, invoke, fake):
    done = invoke(*words)
    assert done.code == code
    assert said in done.err
    assert not done.out
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["rank", "Purwakarta", "--candidates"],
        ["batch", "-o", "x.parquet", "--queries"],
        ["report", "-o", "out", "--all-from"],
    ],
)
def test_a_list_in_another_encoding_is_told(words, invoke, fake, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.txt").write_bytes("région\n".encode("latin-1"))
    done = invoke(*words, "list.txt")
    assert done.code == 2
    assert "'list.txt' is no text in UTF-8; save it as UTF-8" in done.err
    assert not done.out


def test_an_ambiguous_region_lists_what_to_choose_from(invoke, fake):
    err = invoke("rank", "Springfield", "--country", "KR").err.splitlines()
    assert err[0] == "Error: 2 regions are called 'Springfield'"
    assert [word for word in err[3].split() if word.strip()] == [
        *("1", "Springfield", "kabupaten", "Missouri", "United", "States", "170,000", "gb:90")
    ]
    assert "–" in err[4].split(), "an unknown population is shown as unknown"
    assert err[-1] == "choose one, e.g. matcher rank gb:90 --country KR"


def test_a_close_name_is_offered(invoke, fake):
    err = invoke("show", "Guri").err
    assert "did you mean Gurye?" in err
    assert "kr:36330" in err
    assert "matcher show kr:36330" in err


def test_an_empty_list_of_candidates(invoke, fake, tmp_path):
    file = tmp_path / "none.txt"
    file.write_text("# nothing yet\n", encoding="utf-8")
    done = invoke("rank", "Purwakarta", "--candidates", str(file))
    assert done.code == 2
    assert "holds no region; write one a line" in done.err


class GonePipe(io.TextIOBase):
    """A stdout whose reader has gone."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        raise BrokenPipeError

    def flush(self) -> None:
        raise BrokenPipeError


class FullDisk(GonePipe):
    """A stdout on a disk that is full."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def flush(self) -> None:
        self.write("")


def test_a_closed_pipe_is_no_error(fake, monkeypatch, capsys):
    from matcher.cli import main

    monkeypatch.setattr(sys, "stdout", GonePipe())
    with pytest.raises(SystemExit) as left:
        main(["rank", "Purwakarta"])
    assert left.value.code == 0
    assert "Error" not in capsys.readouterr().err
    sys.stdout.close()


def test_a_full_disk_is_told(fake, monkeypatch, capsys):
    from matcher.cli import main

    monkeypatch.setattr(sys, "stdout", FullDisk())
    with pytest.raises(SystemExit) as left:
        main(["rank", "Purwakarta"])
    assert left.value.code == 1
    assert "No space left on device" in capsys.readouterr().err
