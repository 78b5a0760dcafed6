// TaskGateway
