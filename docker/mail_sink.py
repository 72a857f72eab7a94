"""The mail sink of tools/, heard by the other containers. It is published on 127.0.0.1 only."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

import mail_sink

mail_sink.HOST = "0.0.0.0"  # noqa: S104 - all interfaces of its container
sys.exit(mail_sink.main())
