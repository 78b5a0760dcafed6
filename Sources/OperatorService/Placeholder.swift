// OperatorService
