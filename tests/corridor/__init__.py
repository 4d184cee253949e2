"""Tests of the sterile corridor."""
