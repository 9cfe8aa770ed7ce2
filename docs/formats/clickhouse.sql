-- One row for each message that Poterne judged: the event message.done of docs/formats/log-events.md.
-- symbols is "NAME=POINTS NAME=POINTS ..."; see docs/export.md for questions to ask of it.
CREATE TABLE IF NOT EXISTS poterne_messages
(
    `time` DateTime64(3, 'UTC'),
    `process` LowCardinality(String),
    `pid` UInt32,
    `event` LowCardinality(String),
    `cut` Bool,
    `mid` String,
    `sid` String,
    `role` LowCardinality(String),
    `ip` String,
    `asn` LowCardinality(String),
    `country` LowCardinality(String),
    `from` String,
    `recipients` UInt32,
    `size` UInt64,
    `action` LowCardinality(String),
    `intended` LowCardinality(String),
    `score` Float64,
    `decision` LowCardinality(String),
    `symbols` String,
    `reasons` String,
    `tls` LowCardinality(String),
    `code` UInt16,
    `handed_to` String,
    `handed_tls` String,
    `inspect_us` UInt64,
    `time_us` UInt64,
    `trouble` String,
    `rcpt` Array(String),
    `hosts` Array(String),
    `attachments` Array(String),
    `attachment_types` Array(String)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (time, mid)
TTL toDateTime(time) + INTERVAL 400 DAY;
