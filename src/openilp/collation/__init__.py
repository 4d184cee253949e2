"""How does it connect? Entities, statements, links, involvements; search and graph."""
