-- The operator's counters. A row is what one isolate counted in one day so far: it writes its own row only, again and
-- again, and the sum of the rows is the whole.
CREATE TABLE stats (
  day TEXT NOT NULL,
  -- A random name.
  isolate TEXT NOT NULL,
  -- JSON: requests, predictions, and tallies of errors and durations. Nothing of who asked for what.
  counts TEXT NOT NULL,
  PRIMARY KEY (day, isolate)
) STRICT, WITHOUT ROWID;
