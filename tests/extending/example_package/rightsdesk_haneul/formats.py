"""The format .kv: a line a field, `name = value`."""

from extractor.reading.formats import Format

FORMAT = Format(("kv",), "rightsdesk_haneul.kv_reader", signatures=(b"#kv\n",))
