"""Loads with one thing wrong, and the scenario of the semantics that does not hold for each: what tells them apart is what is proven."""

from tests.property.wrong.chains import CHAINS
from tests.property.wrong.dimensions import DIMENSIONS
from tests.property.wrong.facts import FACTS
from tests.property.wrong.onward import ONWARD
from tests.property.wrong.taking import TAKING

MUTATIONS = (*TAKING, *CHAINS, *DIMENSIONS, *FACTS, *ONWARD)
