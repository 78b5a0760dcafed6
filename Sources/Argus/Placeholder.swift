// Argus
