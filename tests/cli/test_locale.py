"""A ranking is the same bytes wherever it is made."""

from __future__ import annotations

import pytest

RANK = ("-m", "matcher", "rank", "toy:0001", "-n", "20", "--format", "json")


@pytest.mark.parametrize(
    "setting",
    [
        {"LC_ALL": "de_DE.UTF-8", "PYTHONHASHSEED": "1"},
        {"LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "2"},
        {"LC_ALL": "C", "PYTHONHASHSEED": "3"},
        {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    ],
)
def test_locale_hash_seed_and_threads_do_not_change_a_ranking(python, toy_home, setting):
    here = python(*RANK, env=toy_home).stdout
    assert '"rank": 20' in here
    assert python(*RANK, env=toy_home | setting).stdout == here
