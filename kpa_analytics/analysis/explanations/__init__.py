"""Explain why a case has its status."""
