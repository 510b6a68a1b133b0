-- Who may do what, and which bytes in R2 are a head's. Times are ISO 8601 in UTC; ids are random but for 'operator'.

CREATE TABLE owners (
  id TEXT PRIMARY KEY,
  created_at TEXT NOT NULL
) STRICT;

-- The person who deployed the Worker; owns the default head of each model.
INSERT INTO owners (id, created_at) VALUES ('operator', '1970-01-01T00:00:00.000Z');

CREATE TABLE devices (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL REFERENCES owners (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  -- SHA-256 of the bearer token, which is stored nowhere.
  token_sha256 TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  -- To the hour, so that a busy device does not write at every request.
  last_used_at TEXT NOT NULL
) STRICT;

CREATE INDEX devices_by_owner ON devices (owner);

CREATE TABLE heads (
  -- Random; the head's bytes are in R2 as <key>/<revision>, so that no two heads ever share an object.
  key TEXT PRIMARY KEY,
  owner TEXT NOT NULL REFERENCES owners (id) ON DELETE CASCADE,
  -- Chosen by the owner and unique only among the owner's heads: nobody learns what ids others use.
  id TEXT NOT NULL,
  -- NULL until the owner gives one.
  title TEXT,
  model TEXT NOT NULL,
  trunk TEXT NOT NULL,
  -- SHA-256 of the bytes.
  revision TEXT NOT NULL,
  -- JSON array of strings.
  labels TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  visibility TEXT NOT NULL CHECK (visibility IN ('private', 'public')),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (owner, id)
) STRICT;

-- A public head is found by its id alone.
CREATE UNIQUE INDEX heads_public ON heads (id) WHERE visibility = 'public';

CREATE TABLE revisions (
  sequence INTEGER PRIMARY KEY,
  head TEXT NOT NULL REFERENCES heads (key) ON DELETE CASCADE,
  digest TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

CREATE INDEX revisions_by_head ON revisions (head, sequence);

-- Keys of deleted heads whose bytes are still to be removed from R2.
CREATE TABLE orphans (
  key TEXT PRIMARY KEY
) STRICT;
