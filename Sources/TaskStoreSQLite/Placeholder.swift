// TaskStoreSQLite
