// TaskQueue
