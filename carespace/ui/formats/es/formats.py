"""How numbers are written in Spanish in the United States: as in English, so that no result can be misread.

Django reads these names (its ``FORMAT_MODULE_PATH``); dates are written by ``ui.dates``.
"""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
