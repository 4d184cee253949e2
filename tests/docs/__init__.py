"""The documentation says what is true, builds without a complaint and asks nothing of the outside."""
