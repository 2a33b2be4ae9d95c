"""Reads and writes of schema `helpcentre`."""
