-- What is known of a lead, and where it stands. Its stage is read out of the qualification, so that the two cannot
-- disagree.
CREATE TABLE lead (
    id            TEXT PRIMARY KEY,
    attributes    TEXT NOT NULL CHECK (json_valid(attributes)),
    qualification TEXT NOT NULL CHECK (json_valid(qualification)),
    stage         TEXT NOT NULL GENERATED ALWAYS AS (qualification ->> '$.stage') STORED,
    -- When to look at the lead again, in microseconds: when its evaluation stops being true, or its deadline passes.
    wake_at       INTEGER
) STRICT;
CREATE INDEX lead_by_stage ON lead (stage, id);
CREATE INDEX lead_by_wake_at ON lead (wake_at) WHERE wake_at IS NOT NULL;

-- What leads did, each in the order in which it came in. An event with an id is there once for its lead.
CREATE TABLE event (
    number     INTEGER PRIMARY KEY,
    lead       TEXT NOT NULL REFERENCES lead (id),
    id         TEXT CHECK (id <> ''),
    kind       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    at         INTEGER NOT NULL,
    properties TEXT CHECK (json_valid(properties))
) STRICT;
CREATE UNIQUE INDEX event_once ON event (lead, id) WHERE id IS NOT NULL;
CREATE INDEX event_by_lead ON event (lead, at);

-- Every step of every lead, as LeadQL left it.
CREATE TABLE record (
    lead     TEXT NOT NULL REFERENCES lead (id),
    sequence INTEGER NOT NULL,
    body     TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (lead, sequence)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER record_is_not_changed BEFORE UPDATE ON record
BEGIN
    SELECT RAISE (ABORT, 'records are never changed');
END;
CREATE TRIGGER record_is_not_deleted BEFORE DELETE ON record
BEGIN
    SELECT RAISE (ABORT, 'records are never deleted');
END;
-- Also keeps INSERT OR REPLACE, which deletes without asking the trigger above, from changing one.
CREATE TRIGGER record_comes_last BEFORE INSERT ON record
WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM record WHERE lead = NEW.lead)
BEGIN
    SELECT RAISE (ABORT, 'a record follows the last one of its lead');
END;
