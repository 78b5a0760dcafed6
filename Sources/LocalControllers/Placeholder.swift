// LocalControllers
