"""Analysis: snapshots, method runs, assessments, products and their documents."""
