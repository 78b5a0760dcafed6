// TaskProtocol
