// TaskStoreTesting
