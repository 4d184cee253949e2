"""Analysis methods: tables and arrays in, results with their uncertainty and limits out."""
