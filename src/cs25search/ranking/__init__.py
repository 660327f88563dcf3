"""From a query to ranked moments."""
