"""Where the methods' tests find real data and chance."""

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def crime(test_data: Path) -> Path:
    """The folder of crime data sets, for tests marked real_data."""
    return test_data / "crime"


@pytest.fixture
def rng() -> np.random.Generator:
    """Chance that repeats itself."""
    return np.random.default_rng(20_240_531)
