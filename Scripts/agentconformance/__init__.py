"""Plays gateway to an agent, and says what of the protocol it keeps. See `Scripts/agent-conformance --help`."""
