"""`openilp method ach`, `threat` and their companions: tables and documents, persons refused, gaps named."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from openilp.cli.methods import group

ACH = "item,inside,outside,weight,origin\ne1,C,II,1,s1\ne2,++,-,2,s1\ne3,I,C,1,s2\ne4,NA,NA,,\n"
THREATS = (
    "id,kind,harm,likelihood,capability,confidence,harm_confidence\n"
    "North ring,group,high,high,medium,high,moderate\nSouth ring,group,low,low,low,high,\n"
    "Car theft,crime area,medium,unknown,low,low,\n"
)


def written(folder: Path, name: str, content: object) -> Path:
    """A file with a text, or with a document."""
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def run(*arguments: object) -> dict[str, Any]:
    """Run a method and read its JSON from the screen."""
    result = CliRunner().invoke(group, [*map(str, arguments), "--json", "-"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def refused(*arguments: object) -> str:
    """Run a method that refuses, and return its words."""
    result = CliRunner().invoke(group, [*map(str, arguments)])
    assert result.exit_code == 2, result.output
    return result.output


def test_hypotheses_from_a_table_and_a_document_are_the_same(tmp_path: Path) -> None:
    """Codes or signs, rows or objects: one matrix."""
    table = written(tmp_path, "ach.csv", ACH)
    document = written(
        tmp_path,
        "ach.json",
        {
            "hypotheses": ["inside", "outside"],
            "items": [
                {"id": "e1", "ratings": {"inside": "C", "outside": "II"}, "origin": "s1"},
                {"id": "e2", "ratings": {"inside": "CC", "outside": "I"}, "weight": 2, "origin": "s1"},
                {"id": "e3", "ratings": {"inside": "I", "outside": "C"}, "origin": "s2"},
                {"id": "e4", "ratings": {"inside": "NA", "outside": "NA"}},
            ],
        },
    )

    found = run("ach", table, "--svg", tmp_path / "a.svg")

    assert found == run("ach", document)
    assert {each["id"]: each["inconsistency"] for each in found["hypotheses"]} == {"inside": 1, "outside": 4}
    assert (found["leads"], found["fewest_items"]) == (["inside"], ["e1", "e2"])
    assert [each["changes_lead"] for each in found["origins"]] == [True, False]


def test_threats_keep_the_order_given_and_show_their_weights(tmp_path: Path) -> None:
    """Places are intervals; a table and a document agree; two periods are compared."""
    table = written(tmp_path, "now.csv", THREATS)
    earlier = written(
        tmp_path, "then.csv", THREATS.replace("high,high,medium,high,moderate", "low,low,low,high,high")
    )
    criteria = ("harm", "likelihood", "capability")
    rows = [
        (
            "North ring",
            "group",
            ("high", "high", "medium"),
            dict(zip(criteria, ("moderate", "high", "high"), strict=True)),
        ),
        ("South ring", "group", ("low", "low", "low"), "high"),
        ("Car theft", "crime area", ("medium", "unknown", "low"), "low"),
    ]
    subjects = [
        {
            "id": name,
            "kind": kind,
            "grades": dict(zip(criteria, grades, strict=True)),
            "confidence": confidence,
        }
        for name, kind, grades, confidence in rows
    ]
    document = written(tmp_path, "now.json", {"subjects": subjects})

    found = run("threat", table, "--weights", "harm=2,likelihood=1,capability=1", "--svg", tmp_path / "t.svg")

    assert found == run("threat", document, "--weights", "harm=2,likelihood=1,capability=1")
    assert [each["id"] for each in found["subjects"]] == ["North ring", "South ring", "Car theft"]
    assert [(each["place_low"], each["place_high"]) for each in found["subjects"]] == [(1, 2), (2, 3), (1, 3)]
    assert found["scheme"]["weights"] == {"harm": 2, "likelihood": 1, "capability": 1}
    change = run("threat", table, "--before", earlier, "--svg", tmp_path / "c.svg")["subjects"][0]
    assert (change["is_settled"], change["probability_of_rise"] > 0.9) == (True, True)


def test_a_scheme_of_ones_own(tmp_path: Path) -> None:
    """Grades, criteria and doubts come from a file, and its name stands in the result."""
    scheme = {"name": "ours-2", "grades": {"1": 1, "2": 3}, "weights": {"reach": 1}, "doubt": {"sure": 0}}
    table = written(tmp_path, "own.csv", "id,kind,reach,confidence\na,market,1,sure\nb,market,2,sure\n")

    found = run("threat", table, "--scheme", written(tmp_path, "scheme.json", scheme))

    assert [each["score"]["value"] for each in found["subjects"]] == pytest.approx([1 / 3, 1.0])
    assert "ours-2" in found["method"]["text"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (THREATS.replace(",group,", ",person,"), "never of a person"),
        (THREATS.replace("id,kind", "surname,kind"), "Column 'surname' is about persons"),
        (THREATS.replace("id,kind,", "id,date of birth,"), "about persons"),
        (THREATS.replace("low,low,low,high", "low,low,huge,high"), "'huge'"),
        (
            THREATS.replace("low,low,low,high", "low,,low,high"),
            "grade of 'South ring' for likelihood is missing",
        ),
        (THREATS.replace("South ring,group", "South ring,"), "'kind' of row 2 (line 3)"),
    ],
)
def test_bad_threats_are_one_line(tmp_path: Path, text: str, message: str) -> None:
    """Persons, unknown grades and gaps are refused; nothing is filled in."""
    assert message in refused("threat", written(tmp_path, "bad.csv", text))


def test_profiles_risks_assumptions_and_calibration(tmp_path: Path) -> None:
    """Each of the companions answers from a table."""
    profiles = written(
        tmp_path, "p.csv",
        "id,kind,domain,indicator,grade,weight\nA,group,structure,size,high,2\nA,group,methods,violence,unknown,\n",
    )  # fmt: skip
    risks = written(
        tmp_path, "r.csv",
        "id,kind,likelihood_low,likelihood_high,impact_low,impact_high\nx,place,0.6,0.9,60,90\ny,place,0,1,1,2\n",
    )  # fmt: skip
    register = written(
        tmp_path, "a.csv",
        "id,statement,basis,judgements,sign,review_by\n1,It goes on.,unsupported,j1; j2,,2024-01-01\n"
        "2,All report.,supported,j1,,\n",
    )  # fmt: skip
    past = written(
        tmp_path, "c.csv", "probability,outcome,team\n" + "0.8,1,north\n" * 8 + "0.8,0,north\n" * 2 + "0.3,,south\n"
    )  # fmt: skip
    picture = ("--svg", tmp_path / "x.svg")

    assert run("threat-profile", profiles, *picture)["subjects"][0]["known"] == pytest.approx(2 / 3)
    placed = run("risk-matrix", risks, "--impact", "10,50", "--most-impact", 100, *picture)
    assert [(each["lowest"], each["highest"]) for each in placed["items"]] == [
        ("high", "high"),
        ("low", "medium"),
    ]
    assumed = run("assumptions", register, "--today", "2024-06-01", *picture)["assumptions"]
    assert [(each["is_overdue"], each["is_linchpin"]) for each in assumed] == [(True, True), (False, False)]
    words = written(tmp_path, "w.csv", "word,outcome\n" + "unlikely,1\n" * 30 + "likely,\n")
    terms = {each["term"]: each for each in run("calibration-words", words, *picture)["terms"]}
    assert (terms["unlikely"]["agrees"], terms["likely"]["observed"]) == (False, None)
    scored = run("calibration", past, *picture)
    assert (scored["n"], scored["n_open"], scored["everyone"]["brier"]["value"]) == (
        10,
        1,
        pytest.approx(0.16),
    )


@pytest.mark.parametrize(
    ("command", "name", "content", "message"),
    [
        ("ach", "a.csv", ACH.replace("C,II,1", ",II,1"), "rating of item 'e1' is missing for 'inside'"),
        ("ach", "a.csv", ACH.replace("e1,", ","), "item of row 1 (line 2)"),
        ("ach", "a.csv", ACH.replace("C,II,1", "C,II,much"), "weight of row 1 (line 2) is 'much'"),
        ("ach", "a.json", {"hypotheses": ["a", "b"]}, "'items' of a.json is missing"),
        ("ach", "a.json", "[", "is no JSON"),
        ("ach", "a.json", [], "is no JSON object"),
        ("assumptions", "a.csv", "id,statement\n1,x\n", "'basis' of assumption 1"),
        ("assumptions", "a.json", {"assumptions": [3]}, "assumption 1 is int"),
        ("calibration", "c.csv", "probability,outcome,team\n0.5,1,\n", "team of row 1 (line 2) is missing"),
        ("threat-profile", "p.csv", "id,kind\nA,group\n", "'domain' of row 1 (line 2)"),
    ],
)
def test_bad_files_are_one_line(
    tmp_path: Path, command: str, name: str, content: object, message: str
) -> None:
    """Each names the row or the key."""
    assert message in refused(command, written(tmp_path, name, content))
