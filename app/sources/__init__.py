"""Inbound: every file passes the quarantine of ``app.sources.intake`` before it is believed."""
