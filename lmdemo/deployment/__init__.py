"""Measuring what is deployed."""
