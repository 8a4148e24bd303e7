"""The address of each row of a table, from one column or from several."""

from __future__ import annotations

import pandas as pd

from apkgeo.sources.columns import INCIDENTS, Columns, Vocabulary
from apkgeo.sources.tables import as_text

# What an address can be written in; the names are those of incidents.
ADDRESS_COLUMNS: Vocabulary = {
    field: INCIDENTS[field]
    for field in ("address", "street", "house_number", "orientation_number", "municipality")
}


def written_addresses(cells: pd.DataFrame, columns: Columns) -> pd.Series | None:
    """Return the address as it is written, or put together from street, number and city.

    Parameters
    ----------
    cells : pandas.DataFrame
        A table as its file has it.
    columns : Columns
        Which of its columns hold what; see `ADDRESS_COLUMNS`.

    Returns
    -------
    pandas.Series or None
        Missing where a row has no address; None when no column names one.
    """
    whole = as_text(cells[columns["address"]]) if "address" in columns else None
    if "street" not in columns:
        return whole
    made = as_text(cells[columns["street"]])
    numbers = [
        as_text(cells[columns[field]])
        for field in ("house_number", "orientation_number")
        if field in columns
    ]
    if numbers:
        number = numbers[0]
        if len(numbers) == 2:
            both = number + "/" + numbers[1]
            number = both.where(both.notna(), number.fillna(numbers[1]))
        made = (made + " " + number).where(number.notna() & made.notna(), made)
    if "municipality" in columns:
        city = as_text(cells[columns["municipality"]])
        made = (made + ", " + city).where(city.notna() & made.notna(), made)
    return made if whole is None else whole.fillna(made)
