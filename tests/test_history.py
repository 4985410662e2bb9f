import json

import pandas as pd
import pytest

from matcher.build.history import KINDS, country_history
from matcher.errors import DataError
from matcher.history import FILE, read_history


def table(**columns):
    ends = {"iso_o": ["IDN", "MYS", "IDN", "TMP"], "iso_d": ["MYS", "IDN", "TMP", "IDN"]}
    return pd.DataFrame(ends | dict.fromkeys(KINDS.values(), 0) | columns)


@pytest.fixture
def folder(tmp_path):
    facts = country_history(table(contig=[1, 1, 0, 0], colony=[0, 0, 1, 1]))
    (tmp_path / FILE).write_text(json.dumps({"source": "cepii", "vintage": "2011"} | facts))
    return tmp_path


@pytest.mark.parametrize(
    ("a", "b", "facts"), [("ID", "MY", ("contiguous",)), ("MY", "ID", ("contiguous",)), ("ID", "TL", ("colony",)),
                          ("MY", "TL", ())],
)  # fmt: skip
def test_facts_are_those_of_the_pair_in_either_order(folder, a, b, facts):
    found = read_history(folder, a, b)
    assert (found.facts, found.source, found.vintage) == (facts, "cepii", "2011")


def test_a_fact_that_one_row_denies_does_not_count():
    assert country_history(table(contig=[1, 0, 0, 0]))["facts"]["contiguous"] == {}


@pytest.mark.parametrize(("a", "b"), [("ID", "ID"), ("ID", "SS")])
def test_one_country_and_an_unlisted_one_have_no_history(folder, a, b):
    assert read_history(folder, a, b) is None


def test_an_atlas_without_the_table_has_no_history(tmp_path):
    assert read_history(tmp_path, "ID", "KR") is None


def test_a_file_that_is_no_such_table_is_an_error(tmp_path):
    (tmp_path / FILE).write_text("[]")
    with pytest.raises(DataError, match="no table of countries' history"):
        read_history(tmp_path, "ID", "KR")
