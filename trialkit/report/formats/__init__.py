"""Every format a report is written in. A new one is a file here and a line in ``FORMATS``."""
