// LocalAPIServer
