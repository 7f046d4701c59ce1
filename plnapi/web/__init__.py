"""The Flask-facing kernel: the app, who asks, problems, paging, guards, page layout."""
