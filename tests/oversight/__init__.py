"""Tests of the desks of data protection and oversight."""
