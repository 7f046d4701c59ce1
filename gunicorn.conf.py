"""How gunicorn serves plnapi. Put a reverse proxy in front: gunicorn alone falls to clients that send slowly."""

import os

wsgi_app = "wsgi:app"
bind = os.environ.get("PLN_BIND", "127.0.0.1:5000")
worker_class = "gthread"
workers = int(os.environ.get("PLN_WORKERS", "2"))
threads = 8
timeout = 30
graceful_timeout = 30
max_requests = 10_000
max_requests_jitter = 1_000
# Its control socket takes shutdown and reload commands, and it has deadlocked in forks; nothing here needs it.
control_socket_disable = True
accesslog = None  # the app writes one line a request, with its id
