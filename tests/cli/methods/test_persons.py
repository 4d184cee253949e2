"""No command chooses, ranks or compares people: a table that is keyed by them is refused."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from openilp.cli.methods import group

ROWS = (
    "suspect_id,officer,x,y,date,name,harm,half_visits,area,period,count,start,probability,outcome,id,kind\n"
    + ("s1,o1,500,500,2024-01-01,n,1,1,a,2024-01,1,,0.5,1,i,place\n" * 3)
)


@pytest.mark.parametrize(
    "words",
    [
        "forecast FILE --x x --y y --date date --horizon 7d --area-ha 10 --cell 250",
        "forecast-score FILE FILE --x x --y y",
        "risk-terrain FILE --x x --y y --cell 250 --feature bars=FILE",
        "patrol FILE --hours 10",
        "repeats FILE --place suspect_id --date date",
        "link-cases FILE --id suspect_id --x x --y y --category kind",
        "did FILE --area suspect_id",
        "synthetic-control FILE --area suspect_id --treated s1 --start 2024-01",
        "calibration FILE --team suspect_id",
        "calibration FILE --team officer",
        "threat FILE",
        "threat-profile FILE",
        "risk-matrix FILE --impact 1,2 --most-impact 3",
    ],
)
def test_a_table_keyed_by_people_is_refused(tmp_path: Path, words: str) -> None:
    """[ANA-15] One line names the column, and nothing is computed."""
    path = tmp_path / "rows.csv"
    path.write_text(ROWS)

    result = CliRunner().invoke(group, words.replace("FILE", str(path)).split())

    assert result.exit_code == 2, result.output
    assert "suspect_id" in result.output or "officer" in result.output
    assert "person" in result.output
