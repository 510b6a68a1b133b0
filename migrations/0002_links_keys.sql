-- How a second device joins its owner, and what an owner hands to programs. Secrets are stored as their SHA-256 alone.

-- The one link code that an owner may have open: a new one takes the place of the last.
CREATE TABLE links (
  owner TEXT PRIMARY KEY REFERENCES owners (id) ON DELETE CASCADE,
  code_sha256 TEXT NOT NULL UNIQUE,
  expires_at TEXT NOT NULL
) STRICT;

CREATE TABLE keys (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL REFERENCES owners (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  token_sha256 TEXT NOT NULL UNIQUE,
  -- JSON array. The check is a second fence: no key may ever do more than these.
  scopes TEXT NOT NULL CHECK (scopes IN ('["predict"]', '["predict","heads:read"]')),
  -- Id of the one head that it reaches, among its owner's; NULL: all that its owner sees.
  head TEXT,
  created_at TEXT NOT NULL,
  -- To the hour; NULL: never.
  last_used_at TEXT,
  -- NULL: until it is revoked.
  expires_at TEXT
) STRICT;

CREATE INDEX keys_by_owner ON keys (owner);
