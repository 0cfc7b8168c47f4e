"""How gunicorn serves the desk: ``CIVIC_AI_DESK=desk.yaml gunicorn --config python:civic_ai.web.server``.

The application is made once, before the workers are forked: tables are brought up to date by one process, the
ledger is read once, and workers share what was read. What may differ between machines (``--bind``,
``--workers``, ``--threads``) is said on gunicorn's own command line.
"""

from __future__ import annotations

wsgi_app = "civic_ai.web.start:from_environment()"
preload_app = True
bind = "127.0.0.1:8000"
worker_class = "gthread"
workers = 2
threads = 4
keepalive = 5
timeout = 60
"""Longer than a page waits for a locked database."""
accesslog = None
"""Addresses of pages say who reads what."""
loglevel = "error"
"""Below that, gunicorn writes down what a broken request said."""
forwarded_allow_ips = ""
"""Whether a proxy is believed, the desk's own settings say (``is_behind_proxy``)."""
control_socket_disable = True
