"""Small files for the import tests."""

from collections.abc import Iterable
from pathlib import Path

HEADING = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)


def row(
    key: str = "k1",
    month: str = "2023-01",
    longitude: str = "-2.5",
    latitude: str = "51.4",
    street: str = "On or near Kiln Row",
    crime_type: str = "Burglary",
    outcome: str = "Under investigation",
) -> str:
    """Return one line of the police.uk form."""
    return f"{key},{month},Force,Force,{longitude},{latitude},{street},E01,Area 1,{crime_type},{outcome},"


def csv_file(folder: Path, lines: Iterable[str], name: str = "incidents.csv", heading: str = HEADING) -> Path:
    """Write a CSV file."""
    path = folder / name
    path.write_text("\n".join([heading, *lines]) + "\n", encoding="utf-8")
    return path
