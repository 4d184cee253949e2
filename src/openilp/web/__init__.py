"""The frame around the rooms: settings, routes, home, and the pages that cross rooms."""
