"""Words to rows: one face over the full-text search of SQLite and of PostgreSQL."""
