"""Record the founding pair as the present atlas and model find it: ``python tests/golden/refresh.py``."""

from __future__ import annotations

from pathlib import Path

from matcher import Matcher


def main() -> None:
    """Write ``founding.toml``."""
    m = Matcher.load()
    purwakarta, gurye = m.region("Purwakarta, ID"), m.region("Gurye")
    ranking = m.rank(purwakarta, country="KR", n=300)
    explanation = m.explain(purwakarta, gurye)
    rank = next(match.rank for match in ranking if match.region == gurye)
    groups = "\n".join(f"{group} = {score.score:.4f}" for group, score in explanation.by_group().items())
    lines = [
        "# Purwakarta and Gurye as found; written by refresh.py. A record, never a bar to bend weights to.",
        f"rank_in_korea = {rank}",
        f"candidates_in_korea = {len(ranking)}",
        f"score = {explanation.score:.9f}",
        f"reasons_for = {[part.feature for part in explanation.reasons_for(5)]}",
        f"reasons_against = {[part.feature for part in explanation.reasons_against(5)]}",
        f"\n[groups]\n{groups}",
    ]
    text = "\n".join(lines).replace("'", '"') + "\n"
    Path(__file__).with_name("founding.toml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
